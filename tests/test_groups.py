"""Several processes of pytest keep together what shares rows, a server or a file."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.distribution import GroupScheduling
from tests.groups import CHECKOUT, FOLDERS, LONGEST, SHARED, group_of, sort_groups

FILES = ["tests/billing/test_money.py", "tests/config/test_chart_text.py"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_that_shares_rows_is_one_group(folder: str) -> None:
    files = [path.relative_to(CHECKOUT) for path in Path(CHECKOUT, folder).glob("test_*.py")]
    assert files
    assert {group_of(f"{file}::test_it") for file in files} == {folder}


@pytest.mark.parametrize("name", sorted(set(LONGEST) - {*FOLDERS, *SHARED}))
def test_what_is_said_to_take_long_exists(name: str) -> None:
    file, _, test = name.partition("::")
    assert f"def {test or 'test_'}" in Path(CHECKOUT, file).read_text()


class Item:
    """As much of a test as its name, without a marker."""

    def __init__(self, nodeid: str) -> None:
        self.nodeid = nodeid

    def get_closest_marker(self, name: str) -> None:
        return None


def test_what_takes_longest_begins() -> None:
    names = [f"{FILES[0]}::test_a", f"{LONGEST[2]}::test_b", f"{LONGEST[0]}/test_c.py::test_d"]
    items: list[Any] = [Item(name) for name in names]
    sort_groups(items)
    assert [item.nodeid for item in items] == names[::-1]


class Process:
    """As much of a process of xdist as hands out tests, or runs them."""

    def __init__(self, name: str) -> None:
        self.shutting_down = False
        self.gateway = SimpleNamespace(id=name)
        self.places: list[int] = []

    def send_runtest_some(self, places: list[int]) -> None:
        self.places += places

    def shutdown(self) -> None:
        self.shutting_down = True


def schedule(tests: list[str]) -> tuple[GroupScheduling, list[Process]]:
    """Hand out these tests to two processes."""
    options: dict[str, Any] = {
        "getvalue": lambda name: ["2*popen"],
        "option": SimpleNamespace(loadscopereorder=False),
    }
    processes = [Process("gw0"), Process("gw1")]
    scheduling = GroupScheduling(SimpleNamespace(**options))
    for process in processes:
        scheduling.add_node(process)
        scheduling.add_node_collection(process, tests)
    scheduling.schedule()
    return scheduling, processes


def test_half_of_the_processes_begin_with_tests_that_wait() -> None:
    files = ("tests/billing/test_kill_harness.py", FILES[0])
    tests = [f"{file}::test_{number}" for file in files for number in range(4)]
    _, processes = schedule(tests)

    assert [process.places for process in processes] == [[0, 1], [4, 5, 6, 7]]


def test_a_process_knows_one_test_beyond_its_own_and_is_told_of_the_end() -> None:
    tests = [f"{FILES[0]}::test_{number}" for number in range(4)]
    tests += [f"tests/billing/test_kill_harness.py::test_{number}" for number in range(4)]
    scheduling, (first, second) = schedule(tests)
    assert (first.places, second.places) == ([4, 5], [0, 1, 2, 3])

    for place in (0, 1):
        scheduling.mark_test_complete(second, place)
    assert second.places == [0, 1, 2, 3]
    for place in (2, 3):
        scheduling.mark_test_complete(second, place)
    assert second.places == [0, 1, 2, 3, 6, 7]
    scheduling.mark_test_complete(first, 4)
    assert first.shutting_down


@pytest.mark.slow
def test_each_group_runs_in_one_process() -> None:
    command = [sys.executable, "-m", "pytest", "-n", "2", "-vv", *FILES]
    printed = subprocess.check_output(command, cwd=CHECKOUT, text=True)
    processes = defaultdict(set)
    for process, test in re.findall(r"\[(gw\d)\].* PASSED (\S+)", printed):
        processes[group_of(test)].add(process)
    assert set(FILES) <= set(processes)
    assert {len(found) for found in processes.values()} == {1}
