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
from tests.groups import CHECKOUT, FOLDERS, group_of

FILES = ["tests/billing/test_money.py", "tests/config/test_chart_text.py"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_that_shares_rows_is_one_group(folder: str) -> None:
    files = [path.relative_to(CHECKOUT) for path in Path(CHECKOUT, folder).glob("test_*.py")]
    assert files
    assert {group_of(f"{file}::test_it") for file in files} == {folder}


class Process:
    """As much of a process of xdist as hands out tests, or runs them."""

    shutting_down = False

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.places: list[int] = []

    def send_runtest_some(self, places: list[int]) -> None:
        self.places += places


def test_half_of_the_processes_begin_with_tests_that_wait() -> None:
    alone, others = "tests/billing/test_kill_harness.py", FILES[0]
    tests = [f"{file}::test_{number}" for file in (alone, others) for number in range(4)]
    options: dict[str, Any] = {
        "getvalue": lambda name: ["2*popen"],
        "option": SimpleNamespace(loadscopereorder=False),
    }
    processes = Process("gw0"), Process("gw1")
    scheduling = GroupScheduling(SimpleNamespace(**options))
    for process in processes:
        scheduling.add_node(process)
        scheduling.add_node_collection(process, tests)
    scheduling.schedule()

    assert [process.places for process in processes] == [[0, 1], [4, 5, 6, 7]]


@pytest.mark.slow
def test_each_group_runs_in_one_process() -> None:
    command = [sys.executable, "-m", "pytest", "-n", "2", "-vv", *FILES]
    printed = subprocess.check_output(command, cwd=CHECKOUT, text=True)
    processes = defaultdict(set)
    for process, test in re.findall(r"\[(gw\d)\].* PASSED (\S+)", printed):
        processes[group_of(test)].add(process)
    assert set(FILES) <= set(processes)
    assert {len(found) for found in processes.values()} == {1}
