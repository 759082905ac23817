"""How xdist hands out tests: by the groups of `tests.groups`."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

from tests.groups import group_of


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
