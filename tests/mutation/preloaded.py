"""Runs pytest in children of a process that has imported what takes longer than most tests.

Each line of the standard input is a `Run`; the answer is the child's exit code, or `null` if it was
stopped after so many seconds. With `--tests` the process has imported the product and its tests as
well: a child then changes the functions of a module in its memory, and answers `COLD` if it cannot.
Without, the children alone import them. What a function did while modules were imported stays done,
so that a change of it may survive in memory.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import TypedDict

LIBRARIES = (
    *("boto3", "factory.django", "faker.factory", "hypothesis", "jwt", "PIL.ImageFilter"),
    *("playwright.sync_api", "psycopg", "pytest", "structlog", "urllib3"),
)
#: The exit code of a child that cannot make the change in memory.
COLD = 99


class Run(TypedDict):
    arguments: list[str]
    output: str
    seconds: float
    #: The file that is changed, and what it was before.
    path: str
    source: str


def main() -> None:
    for name in LIBRARIES:
        import_module(name)
    has_tests = "--tests" in sys.argv
    if has_tests:
        _import_tests()
    for line in sys.stdin:
        run: Run = json.loads(line)
        pid = os.fork()
        if not pid:
            path = Path(run["path"]).absolute()
            if has_tests and path.suffix == ".py" and not _change_functions(path, run["source"]):
                os._exit(COLD)
            sys.exit(_run(run))
        sys.stdout.write(f"{json.dumps(_wait(pid, run['seconds']))}\n")
        sys.stdout.flush()


def _import_tests() -> None:
    sys.path[0] = os.getcwd()
    import django

    import_module("tests.plugin").use_test_environment()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    import_module("config.urls")
    from tests.mutation.selection import NEVER

    for path in sorted(Path("tests").rglob("test_*.py")):
        if not str(path).startswith(NEVER):
            import_module(".".join(path.with_suffix("").parts))


def _change_functions(path: Path, before: str) -> bool:
    """Give the functions of this module the code that its file has now, wherever they are held."""
    changed = pair_functions(before, path.read_text())
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename == str(path):
            code = each.__code__
            new = changed.get((code.co_qualname, code.co_firstlineno), code)
            if new.co_freevars != code.co_freevars:
                return False
            each.__code__ = new.replace(co_filename=str(path))
    return True


def pair_functions(before: str, after: str) -> dict[tuple[str, int], CodeType]:
    """Return the new code of each function by its qualified name and its line in the old code."""
    old, new = (_codes_by_name(compile(source, "", "exec")) for source in (before, after))
    return {
        (name, code.co_firstlineno): replacement
        for name, codes in old.items()
        if len(codes) == len(new[name])
        for code, replacement in zip(codes, new[name], strict=True)
    }


def _codes_by_name(module: CodeType) -> dict[str, list[CodeType]]:
    found: dict[str, list[CodeType]] = defaultdict(list)
    for code in _codes_in(module):
        found[code.co_qualname].append(code)
    return found


def _codes_in(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes_in(constant)


def _run(run: Run) -> int:
    import pytest

    os.setsid()
    output = os.open(run["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for descriptor in (1, 2):
        os.dup2(output, descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.path[0] = os.getcwd()
    return int(pytest.main(run["arguments"]))


def _wait(pid: int, seconds: float) -> int | None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


if __name__ == "__main__":
    main()
