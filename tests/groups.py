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

#: The groups that take longest, by the beginnings of their names, longest first.
LONGEST = (
    *FOLDERS,
    "tests/e2e/test_axe.py",
    "tests/billing/test_kill_harness.py::test_no_point_is_lost",
    "tests/deployments/test_pipeline_kills.py::test_no_webhook_is_lost",
    "web_server",
    "tests/billing/test_kill_harness.py::test_a_broken_refund",
    "tests/e2e/test_shop.py",
    "tests/config/test_abuse.py",
    "tests/config/test_root.py",
    "tests/test_api_exploration.py",
    "tests/imaging/test_lost_answers.py",
    "tests/e2e/test_partner_story.py",
    "tests/deployments/test_pipeline_kills.py::test_wherever",
    "tests/e2e/test_admin.py",
    "tests/config/test_slow_clients.py::test_two_thousand",
)


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
    name = group_of(group[0].nodeid)
    for place, beginning in enumerate(LONGEST):
        if name.startswith(beginning):
            return 0, place
    if any(group[0].get_closest_marker(marker) for marker in ("kills", "slow", "e2e")):
        return 1, -len(group)
    text = _read(name.partition("::")[0])
    if name in SHARED or any(word in text for word in (*LONG, *STARTS)):
        return 2, -len(group)
    return 3, -len(group)


@cache
def _read(file: str) -> str:
    path = CHECKOUT / file
    return path.read_text() if path.is_file() else ""
