"""How xdist hands out tests: by the groups of `tests.groups`."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling

from tests.groups import group_of, is_alone


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Half of the processes begin with the tests of servers and browsers, the others with the rest.

    The former wait much of their time: all at once would leave the processors idle, and the end
    overloaded. Who has nothing left to begin with helps the others.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)

    def _reschedule(self, node: Any) -> None:
        """Hand out one test beyond the one that runs, which needs to know it, rather than two:
        at the end, others have nothing to do while long ones wait for their turn.
        """
        if not self.workqueue or self._pending_of(self.assigned_work[node]) < 2:
            super()._reschedule(node)

    def _assign_work_unit(self, node: Any) -> None:
        begins_alone = int(node.gateway.id.removeprefix("gw")) % 2 == 0
        wanted = (name for name in self.workqueue if is_alone(name) == begins_alone)
        if name := next(wanted, None):
            self.workqueue.move_to_end(name, last=False)
        super()._assign_work_unit(node)
