"""Which tests run which line, as measured once per state of the tree by coverage with contexts."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree

import pytest
from coverage import CoverageData

from tests.mutation.mutants import Mutant
from tests.mutation.run import environment

#: Tests that read the code instead of running it, so no line leads to them.
READING = ("tests/config/test_lookups.py", "tests/config/test_catalogue.py")
#: They run no line of the apps in their own process.
NEVER = ("e2e", "mutation")
APPS = ("accounts", "integrations", "billing", "imaging", "deployments")
_FUNCTION = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION (\w+)", re.IGNORECASE)


def is_run_at_import(source: str, line: int) -> bool:
    """Return whether this line is in no function's body: a constant, a default, a field."""
    functions = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return not any(
        function.body[0].lineno <= line <= (function.end_lineno or 0) for function in functions
    )


@dataclass(frozen=True)
class Selection:
    """The tests that each line of the tree under `root` needs."""

    root: Path
    data_file: Path
    _contexts: dict[Path, dict[int, list[str]]] = field(default_factory=dict)

    def measure(self, *, processes: int) -> None:
        """Run the daily tests once, in so many processes; raise `CalledProcessError`.

        A test that fails now is left out by `judge` where it fails again.
        """
        measured = self.data_file.with_suffix(".partial")
        command = [sys.executable, "-m", "pytest", "-q", "-n", str(processes), "--assert=plain"]
        options = [*(f"--cov={app}" for app in APPS), "--cov-context=test", "--cov-report="]
        tests = ["tests", *(f"--ignore=tests/{folder}" for folder in NEVER)]
        done = subprocess.run(
            [*command, *options, f"--junit-xml={self._times_file}", *tests],
            cwd=self.root,
            env={**environment(self.root), "COVERAGE_FILE": str(measured)},
            check=False,
        )
        if done.returncode not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
            done.check_returncode()
        measured.rename(self.data_file)

    def tests_for(self, mutant: Mutant) -> list[str]:
        """Node ids, those of the mutant's own app first, and quick ones before slow ones."""
        if mutant.path.suffix == ".sql":
            tests = self._tests_calling(self.root / mutant.path)
        else:
            lines = range(mutant.lines[0], mutant.lines[1] + 1)
            tests = self._tests_running(mutant.path, lines)
        own = f"tests/{mutant.path.parts[0]}/"
        ordered = sorted(tests, key=lambda test: (not test.startswith(own), self._time_of(test)))
        return [*ordered, *self._tests_reading()]

    def _tests_reading(self) -> list[str]:
        names = re.compile(r"^def (test_\w+)", re.MULTILINE)
        return [
            f"{path}::{name}"
            for path in READING
            for name in names.findall((self.root / path).read_text())
        ]

    def _tests_running(self, path: Path, lines: range) -> set[str]:
        if is_run_at_import((self.root / path).read_text(), lines[0]):
            # Once, whichever test comes first; each test of the file may use what it defines.
            return self._tests_in(self.root / path)
        by_line = self._by_line(path)
        found = {test for line in lines for test in by_line.get(line, ())}
        # Servers and workers that tests start run lines as well, and are not measured.
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

    def _time_of(self, test: str) -> tuple[float, str]:
        return self._times.get(test, 0.0), test

    @property
    def _times_file(self) -> Path:
        return self.data_file.with_suffix(".xml")

    @cached_property
    def _times(self) -> dict[str, float]:
        """Return the seconds that each test took when it was measured."""
        if not self._times_file.exists():
            return {}
        return {
            f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}": float(
                case.get("time", 0)
            )
            for case in ElementTree.parse(self._times_file).iter("testcase")
        }

    @cached_property
    def _data(self) -> CoverageData:
        data = CoverageData(str(self.data_file))
        data.read()
        return data
