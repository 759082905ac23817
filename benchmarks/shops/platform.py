"""The processes under attack: two workers, the sweeper and their PostgreSQL."""

from __future__ import annotations

import random
from pathlib import Path

from benchmarks.kills.platform import Platform, children

TARGETS = (
    "worker leader",
    "worker child",
    "worker group",
    "sweeper",
    "postmaster",
    "all of postgres",
)
_WORKERS = ("worker 1", "worker 2")


class ShopPlatform(Platform):
    """Without the web process: deployments are requested from the services that it would call."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        super().__init__(folder, env)
        worker, sweeper = self._commands["worker"], self._commands["sweeper"]
        self._commands = {**dict.fromkeys(_WORKERS, worker), "sweeper": sweeper}

    def _victims(self, target: str, dice: random.Random) -> list[int]:
        if not target.startswith("worker"):
            return super()._victims(target, dice)
        leader = self._running[dice.choice(_WORKERS)].pid
        if target == "worker leader":
            return [leader]
        family = _descendants(leader)
        if target == "worker child":
            return [dice.choice(family)] if family else []
        return [leader, *family]


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for child in children(pid):
        found += [child, *_descendants(child)]
    return found
