"""One mutant, one run of the tests that reach it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

import pytest

from tests.mutation.mutants import Mutant

#: A mutant that makes a loop endless is noticed by the time, not by an assertion.
TIMEOUT_SECONDS = 600


class Verdict(StrEnum):
    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    #: No test runs the changed line.
    UNREACHED = "unreached"

    @property
    def is_noticed(self) -> bool:
        return self in {Verdict.KILLED, Verdict.TIMED_OUT}


class BrokenRun(Exception):
    """pytest could not run the tests at all: no verdict."""


def copy_tree(checkout: Path, target: Path) -> None:
    """The tracked files as they are now, so that no working tree is changed."""
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=checkout, text=True)
    for name in filter(None, listed.split("\0")):
        source, copy = checkout / name, target / name
        if source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)


def judge(mutant: Mutant, tests: list[str], *, tree: Path) -> Verdict:
    """Change `tree`, run `tests` until one fails, change it back. Raises `BrokenRun`."""
    if not tests:
        return Verdict.UNREACHED
    path = tree / mutant.path
    source = path.read_text()
    path.write_text(mutant.apply_to(source))
    try:
        return _run(tests, tree)
    finally:
        path.write_text(source)


def _run(tests: list[str], tree: Path) -> Verdict:
    arguments = tree / ".mutation-tests"
    arguments.write_text("\n".join(tests))
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider"]
    # Bytecode is told from its source by second and size, which a mutant may share.
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [*command, f"@{arguments}"],
            check=False,
            cwd=tree,
            env=env,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Verdict.TIMED_OUT
    if done.returncode in {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED}:
        raise BrokenRun(done.stdout[-2000:] + done.stderr[-2000:])
    return Verdict.KILLED if done.returncode else Verdict.SURVIVED
