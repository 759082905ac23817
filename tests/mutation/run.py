"""One mutant, one run of the tests that reach it."""

from __future__ import annotations

import compileall
import json
import os
import py_compile
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
#: What a change raises that makes no sense, such as the product of a list and a list.
_NO_SENSE = re.compile(
    r"^(?:E +)?(?:TypeError|NameError|AttributeError|SyntaxError)\b", re.MULTILINE
)
_FAILED = re.compile(r"^(?:FAILED|ERROR) (tests/.+?)(?: - .*)?$", re.MULTILINE)


class Verdict(StrEnum):
    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    #: No test runs the changed line.
    UNREACHED = "unreached"
    #: It cannot be imported, which proves nothing of the tests.
    INVALID = "invalid"

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
    """The tracked files as they are now, so that no working tree is changed; compiled once.

    The bytecode names the hash of its source: by second and size, as usual, a mutant could be
    taken for it.
    """
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=checkout, text=True)
    for name in filter(None, listed.split("\0")):
        source, copy = checkout / name, target / name
        if source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)
    checked = py_compile.PycInvalidationMode.CHECKED_HASH
    compileall.compile_dir(target, quiet=2, workers=0, invalidation_mode=checked)


class Runner:
    """Runs tests in one copy of the tree."""

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self._process: subprocess.Popen[str] | None = None

    def run(self, tests: list[str]) -> Result:
        """Run `tests` until one fails; raise `BrokenRun`."""
        arguments, output = self.tree / ".mutation-tests", self.tree / ".mutation-output"
        arguments.write_text("\n".join(tests))
        # Rewriting the assertions of all test modules takes longer than most tests.
        options = ["-x", "-q", "-rfE", "--no-header", "--assert=plain", f"--timeout={TEST_SECONDS}"]
        run = {
            "arguments": [*options, "-p", "no:cacheprovider", f"@{arguments}"],
            "output": str(output),
            "seconds": START_SECONDS + SECONDS_PER_TEST * len(tests),
        }
        code = self._send(json.dumps(run))
        if code is None:
            return Result(Verdict.TIMED_OUT)
        return read_result(code, output.read_text())

    def stop(self) -> None:
        if self._process:
            self._process.communicate()

    def _send(self, run: str) -> int | None:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "tests/mutation/preloaded.py"],
                cwd=self.tree,
                env=environment(self.tree),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{run}\n")
        self._process.stdin.flush()
        code: int | None = json.loads(self._process.stdout.readline())
        return code


def judge(mutant: Mutant, tests: list[str], *, runner: Runner) -> Result:
    """Change the runner's tree, run `tests` until one fails, change it back.

    A test that fails without the change as well has noticed nothing, and is left out. Raises
    `BrokenRun`.
    """
    if not tests:
        return Result(Verdict.UNREACHED)
    while True:
        with _changed(runner.tree, mutant):
            result = runner.run(tests)
        failed = result.failed_test
        if failed not in tests or runner.run([failed]).verdict is Verdict.SURVIVED:
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


def environment(tree: Path) -> dict[str, str]:
    """The environment of the tests of `tree`, whose data does not outlive it."""
    return {
        **os.environ,
        "SHOPIQ_DATA": str(tree / ".data-test"),
        "PYTHONDONTWRITEBYTECODE": "1",  # `copy_tree` has written that of the code as it is
    }


def read_result(code: int, output: str) -> Result:
    """Tell a test that failed from tests that could not run, which prove nothing."""
    if code == pytest.ExitCode.OK:
        return Result(Verdict.SURVIVED)
    is_usage_error = code == pytest.ExitCode.USAGE_ERROR and "while loading conftest" not in output
    no_verdict = {pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.INTERNAL_ERROR}
    if is_usage_error or code in no_verdict or NO_DATABASE in output:
        raise BrokenRun(output[-4000:])
    failed = _FAILED.search(output)
    test = failed[1] if failed else ""
    if "::" not in test and _NO_SENSE.search(output):  # before any test
        return Result(Verdict.INVALID)
    return Result(Verdict.KILLED, test)
