"""Which tests one process of several runs together, and in which order."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
#: Their files share rows that take seconds to make.
FOLDERS = ("tests/dashboard", "tests/backoffice")
BROWSER = "tests/e2e/"
#: Fixtures that last as long as a process.
SHARED = ("web_server", "s3_endpoint")
#: Words in files whose tests each run for long.
LONG = ("pytest.mark.kills", "pytest.mark.slow", "run_state_machine_as_test")
#: Words in files of tests that start servers or a browser, or search.
STARTS = ("own_server", "playwright", "@given")


def group_of(nodeid: str) -> str:
    """Return the test itself if it may run for long; else what shares its file, rows or server."""
    file = nodeid.partition("::")[0]
    folder, text = file.rpartition("/")[0], _read(file)
    if folder in FOLDERS:
        return folder
    if any(word in text for word in LONG):
        return nodeid
    return next((fixture for fixture in SHARED if fixture in text), file)


def is_alone(group: str) -> bool:
    """Return whether it is one test that may run for long, or of a browser."""
    return "::" in group or group.startswith(BROWSER)


def sort_groups(items: list[pytest.Item]) -> None:
    """Sort them as they shall be handed out."""
    groups: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        groups[group_of(item.nodeid)].append(item)
    ordered = sorted(groups.values(), key=_turn_of)
    items[:] = chain.from_iterable(ordered)


def _turn_of(group: list[pytest.Item]) -> tuple[int, int]:
    """Begin with what takes long, or it would keep one process busy when the others have ended."""
    if any(group[0].get_closest_marker(name) for name in ("kills", "slow", "e2e")):
        return 0, -len(group)
    name = group_of(group[0].nodeid)
    text = _read(name.partition("::")[0])
    if name in (*FOLDERS, *SHARED) or any(word in text for word in (*LONG, *STARTS)):
        return 1, -len(group)
    return 2, -len(group)


@cache
def _read(file: str) -> str:
    path = CHECKOUT / file
    return path.read_text() if path.is_file() else ""
