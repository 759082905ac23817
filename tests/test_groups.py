"""Several processes of pytest keep together what shares rows, a server or a file."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.groups import CHECKOUT, FOLDERS, group_of

FILES = ["tests/billing/test_money.py", "tests/config/test_chart_text.py"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_that_shares_rows_is_one_group(folder: str) -> None:
    files = [path.relative_to(CHECKOUT) for path in Path(CHECKOUT, folder).glob("test_*.py")]
    assert files
    assert {group_of(f"{file}::test_it") for file in files} == {folder}


@pytest.mark.slow
def test_each_group_runs_in_one_process() -> None:
    command = [sys.executable, "-m", "pytest", "-n", "2", "-vv", *FILES]
    printed = subprocess.check_output(command, cwd=CHECKOUT, text=True)
    processes = defaultdict(set)
    for process, test in re.findall(r"\[(gw\d)\].* PASSED (\S+)", printed):
        processes[group_of(test)].add(process)
    assert set(FILES) <= set(processes)
    assert {len(found) for found in processes.values()} == {1}
