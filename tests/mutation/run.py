"""One mutant, one run of the tests that reach it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from tests.database import NO_DATABASE
from tests.mutation.mutants import Mutant

#: A mutant that makes a loop endless is noticed by the time, not by an assertion: that of one
#: test, or that of all, which is long enough for a slow machine.
TEST_SECONDS = 120
START_SECONDS = 600
SECONDS_PER_TEST = 3
_FAILED = re.compile(r"^(?:FAILED|ERROR) (tests/.+?)(?: - .*)?$", re.MULTILINE)


class Verdict(StrEnum):
    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    #: No test runs the changed line.
    UNREACHED = "unreached"

    @property
    def is_noticed(self) -> bool:
        return self in {Verdict.KILLED, Verdict.TIMED_OUT}


@dataclass(frozen=True, slots=True)
class Result:
    """A verdict, and the test that noticed the change."""

    verdict: Verdict
    failed_test: str = ""


class BrokenRun(Exception):
    """The tests could not be run at all: no verdict."""


def copy_tree(checkout: Path, target: Path) -> None:
    """The tracked files as they are now, so that no working tree is changed."""
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=checkout, text=True)
    for name in filter(None, listed.split("\0")):
        source, copy = checkout / name, target / name
        if source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)


def judge(mutant: Mutant, tests: list[str], *, tree: Path) -> Result:
    """Change `tree`, run `tests` until one fails, change it back.

    A test that fails without the change as well has noticed nothing, and is left out. Raises
    `BrokenRun`.
    """
    if not tests:
        return Result(Verdict.UNREACHED)
    while True:
        with _changed(tree, mutant):
            result = _run(tests, tree)
        failed = result.failed_test
        if failed not in tests or _run([failed], tree).verdict is Verdict.SURVIVED:
            return result
        tests = [test for test in tests if test != failed]


@contextmanager
def _changed(tree: Path, mutant: Mutant) -> Iterator[None]:
    path = tree / mutant.path
    source = path.read_text()
    path.write_text(mutant.apply_to(source))
    try:
        yield
    finally:
        path.write_text(source)


def _run(tests: list[str], tree: Path) -> Result:
    arguments = tree / ".mutation-tests"
    arguments.write_text("\n".join(tests))
    options = ["-x", "-q", "-rfE", "--no-header", "--timeout", str(TEST_SECONDS)]
    command = [sys.executable, "-m", "pytest", *options, "-p", "no:cacheprovider", f"@{arguments}"]
    try:
        done = subprocess.run(
            command,
            check=False,
            cwd=tree,
            env=environment(tree),
            capture_output=True,
            text=True,
            timeout=START_SECONDS + SECONDS_PER_TEST * len(tests),
        )
    except subprocess.TimeoutExpired:
        return Result(Verdict.TIMED_OUT)
    return read_result(done.returncode, done.stdout + done.stderr)


def environment(tree: Path) -> dict[str, str]:
    """The environment of the tests of `tree`, whose data does not outlive it."""
    return {
        **os.environ,
        "SHOPIQ_DATA": str(tree / ".data-test"),
        # Bytecode is told from its source by second and size, which a mutant may share.
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def read_result(code: int, output: str) -> Result:
    """Tell a test that failed from tests that could not run, which prove nothing."""
    if code == pytest.ExitCode.OK:
        return Result(Verdict.SURVIVED)
    # A mutant that cannot be imported is noticed, too.
    is_usage_error = code == pytest.ExitCode.USAGE_ERROR and "while loading conftest" not in output
    no_verdict = {pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.INTERNAL_ERROR}
    if is_usage_error or code in no_verdict or NO_DATABASE in output:
        raise BrokenRun(output[-4000:])
    failed = _FAILED.search(output)
    return Result(Verdict.KILLED, failed[1] if failed else "")
