"""Which tests run which line, as measured once per state of the tree by coverage with contexts."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest
from coverage import CoverageData

from tests.mutation.mutants import Mutant
from tests.mutation.run import environment

#: Tests that read the code instead of running it, so no line leads to them.
READING = ("tests/config/test_lookups.py", "tests/config/test_catalogue.py")
APPS = ("accounts", "integrations", "billing", "imaging", "deployments")
_FUNCTION = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION (\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Selection:
    """The tests that each line of the tree under `root` needs."""

    root: Path
    data_file: Path
    _contexts: dict[Path, dict[int, list[str]]] = field(default_factory=dict)

    def measure(self) -> None:
        """Run the suite of all apps once; raises `CalledProcessError` if it cannot be run.

        A test that fails now is left out by `judge` where it fails again.
        """
        measured = self.data_file.with_suffix(".partial")
        command = [sys.executable, "-m", "pytest", "-q", "-n", "logical", "--assert=plain"]
        options = [*(f"--cov={app}" for app in APPS), "--cov-context=test", "--cov-report="]
        done = subprocess.run(
            [*command, *options, *(f"tests/{app}" for app in APPS)],
            cwd=self.root,
            env={**environment(self.root), "COVERAGE_FILE": str(measured)},
            check=False,
        )
        if done.returncode not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
            done.check_returncode()
        measured.rename(self.data_file)

    def tests_for(self, mutant: Mutant) -> list[str]:
        """Node ids, those of the mutant's own app first."""
        if mutant.path.suffix == ".sql":
            tests = self._tests_calling(self.root / mutant.path)
        else:
            lines = range(mutant.lines[0], mutant.lines[1] + 1)
            tests = self._tests_running(mutant.path, lines)
        own = f"tests/{mutant.path.parts[0]}/"
        ordered = sorted(tests, key=lambda test: (not test.startswith(own), test))
        return [*ordered, *self._tests_reading()]

    def _tests_reading(self) -> list[str]:
        names = re.compile(r"^def (test_\w+)", re.MULTILINE)
        return [
            f"{path}::{name}"
            for path in READING
            for name in names.findall((self.root / path).read_text())
        ]

    def _tests_running(self, path: Path, lines: range) -> set[str]:
        by_line = self._by_line(path)
        found = {test for line in lines for test in by_line.get(line, ())}
        # A default or a constant runs at import, before any test: each test of the file may use it.
        return found or self._tests_in(self.root / path)

    def _tests_calling(self, sql_file: Path) -> set[str]:
        """Tests that run a line of Python in which a function of the file is named.

        Functions that only other SQL functions call are reached by way of those; functions of
        triggers, which no code names, by all tests of their app.
        """
        names = _FUNCTION.findall(sql_file.read_text())
        callers = {
            other
            for other in self.root.glob("*/sql/*.sql")
            if other != sql_file and any(name in other.read_text() for name in names)
        }
        tests = {test for caller in callers for test in self._tests_naming(caller)}
        return tests | self._tests_naming(sql_file) or self._tests_of(sql_file)

    def _tests_of(self, sql_file: Path) -> set[str]:
        app = sql_file.relative_to(self.root).parts[0]
        every = (self._tests_in(path) for path in (self.root / app).rglob("*.py"))
        return {test for tests in every for test in tests if test.startswith(f"tests/{app}/")}

    def _tests_naming(self, sql_file: Path) -> set[str]:
        """Statements are constants of their module, which each of its lines may use."""
        names = _FUNCTION.findall(sql_file.read_text())
        paths = [path for app in APPS for path in (self.root / app).rglob("*.py")]
        naming = [
            path
            for path in paths
            if "migrations" not in path.parts and any(name in path.read_text() for name in names)
        ]
        return {test for path in naming for test in self._tests_in(path)}

    def _tests_in(self, path: Path) -> set[str]:
        by_line = self._by_line(path.relative_to(self.root))
        return {test for tests in by_line.values() for test in tests}

    def _by_line(self, path: Path) -> dict[int, list[str]]:
        if path not in self._contexts:
            found = self._data.contexts_by_lineno(str(path))
            self._contexts[path] = {
                line: [each.rpartition("|")[0] for each in contexts if "::" in each]
                for line, contexts in found.items()
            }
        return self._contexts[path]

    @cached_property
    def _data(self) -> CoverageData:
        data = CoverageData(str(self.data_file))
        data.read()
        return data
