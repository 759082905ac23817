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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import pytest

from tests.database import NO_DATABASE
from tests.mutation.mutants import Mutant
from tests.mutation.preloaded import COLD, Run

#: A mutant that makes a loop endless fails no assertion and ends by the time: that of one test, or
#: that of all, which is long enough for a slow machine.
TEST_SECONDS = 120
SECONDS = 3600
#: What a change raises that makes no sense, such as the product of a list and a list.
_NO_SENSE = re.compile(
    r"^(?:E +)?(?:TypeError|NameError|AttributeError|SyntaxError)\b", re.MULTILINE
)
_TIMED_OUT = re.compile(r"^E +Failed: Timeout \(>", re.MULTILINE)
_FAILED = re.compile(r"^(?:FAILED|ERROR) (tests/[^\s\[]+(?:\[.*?\](?= - |$))?)", re.MULTILINE)


class Verdict(StrEnum):
    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    #: It cannot be imported, which proves nothing of the tests.
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Result:
    """A verdict, and the test that noticed the change."""

    verdict: Verdict
    failed_test: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A file that may have been changed, and what it was before."""

    path: Path
    source: str
    #: What runs when modules are imported cannot be changed in a process that has imported them.
    is_at_import: bool


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
        self._processes: dict[bool, subprocess.Popen[str]] = {}

    def run(self, tests: list[str], change: Change, *, without: Iterable[str] = ()) -> Result:
        """Run these files, or node ids, until a daily test fails; raise `BrokenRun`."""
        output = self.tree / ".mutation-output"
        # Rewriting the assertions of all test modules takes longer than most tests.
        options = ["-x", "-q", "-rfE", "--no-header", "--assert=plain", "-p", "no:cacheprovider"]
        left_out = ["-m", "not (kills or e2e or slow)", *(f"--deselect={each}" for each in without)]
        run: Run = {
            "arguments": [*options, f"--timeout={TEST_SECONDS}", *left_out, *tests],
            "output": str(output),
            "seconds": SECONDS,
            "path": str(change.path),
            "source": change.source,
        }
        code = self._send(json.dumps(run), has_tests=not change.is_at_import)
        if code == COLD:
            return self.run(tests, replace(change, is_at_import=True), without=without)
        return Result(Verdict.TIMED_OUT) if code is None else read_result(code, output.read_text())

    def stop(self) -> None:
        for process in self._processes.values():
            process.communicate()

    def _send(self, run: str, *, has_tests: bool) -> int | None:
        if has_tests not in self._processes:
            self._processes[has_tests] = subprocess.Popen(
                [sys.executable, "-m", "tests.mutation.preloaded", *["--tests"] * has_tests],
                cwd=self.tree,
                env=environment(self.tree),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        process = self._processes[has_tests]
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{run}\n")
        process.stdin.flush()
        code: int | None = json.loads(process.stdout.readline())
        return code


def judge(mutant: Mutant, rounds: list[list[str]], *, runner: Runner, is_at_import: bool) -> Result:
    """Change the runner's tree, run each round of tests until one fails, change it back.

    Raises `BrokenRun`.
    """
    change = Change(mutant.path, (runner.tree / mutant.path).read_text(), is_at_import)
    result = Result(Verdict.SURVIVED)
    for tests in filter(None, rounds):
        result = _judge_by(tests, mutant, change, runner)
        if result.verdict is not Verdict.SURVIVED:
            break
    return result


def _judge_by(tests: list[str], mutant: Mutant, change: Change, runner: Runner) -> Result:
    """A test that fails without the change as well has noticed nothing, and is left out."""
    noticed_nothing: list[str] = []
    while True:
        with _changed(runner.tree, mutant):
            result = runner.run(tests, change, without=noticed_nothing)
        failed = result.failed_test
        if "::" not in failed or runner.run([failed], change).verdict is Verdict.SURVIVED:
            return result
        noticed_nothing.append(failed)


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
    if code in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
        return Result(Verdict.SURVIVED)
    is_usage_error = code == pytest.ExitCode.USAGE_ERROR and "while loading conftest" not in output
    has_crashed = code == pytest.ExitCode.INTERNAL_ERROR or NO_DATABASE in output
    if is_usage_error or has_crashed:
        raise BrokenRun(output[-4000:])
    failed = _FAILED.search(output)
    test = failed[1] if failed else ""
    if "::" not in test and _NO_SENSE.search(output):  # before any test
        return Result(Verdict.INVALID)
    verdict = Verdict.TIMED_OUT if _TIMED_OUT.search(output) else Verdict.KILLED
    return Result(verdict, test)
