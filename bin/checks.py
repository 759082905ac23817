"""``bin/check``: run all static checks in parallel; the exit code is 1 if one fails."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

CHECKOUT = Path(__file__).resolve().parent.parent
CHECKS = {
    "mypy": ["mypy"],
    "import-linter": ["lint-imports"],
    "Django": [sys.executable, "-m", "bin.project_checks"],
    "djlint": ["djlint", "--lint", "--quiet", "templates"],
    "ruff": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
}


class Check:
    """A running check; its output is held back until it ends."""

    def __init__(self, name: str, output: IO[str]) -> None:
        self.name = name
        self._begin = time.monotonic()
        self._output = output
        self._process = subprocess.Popen(
            CHECKS[name],
            env=_environment(name),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def report(self) -> bool:
        """Print the result, with the output of a failed check; return whether it passed."""
        failed = self._process.wait() != 0
        seconds = time.monotonic() - self._begin
        sys.stdout.write(f"{self.name:24}{'FAILED' if failed else 'ok':8}{seconds:5.1f} s\n")
        if failed:
            self._output.seek(0)
            sys.stdout.write(f"{self._output.read()}\n")
        sys.stdout.flush()
        return not failed

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


def main() -> int:
    running, passed = [], []
    with ExitStack() as stack:
        for name in CHECKS:
            running.append(Check(name, stack.enter_context(TemporaryFile("w+"))))
            stack.callback(running[-1].stop)
        while running:
            for check in [check for check in running if check.has_ended()]:
                running.remove(check)
                passed.append(check.report())
            time.sleep(0.02)
    return int(not all(passed))


def _environment(name: str) -> dict[str, str]:
    """Remove variables that would point a check at a real installation."""
    path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"
    if name == "Django":
        return {
            "PATH": path,
            "ENV_FILE": "tests/production.env",
            "STATIC_ROOT": ".data-test/static",
        }
    ignored = {"DATABASE_URL", "ENVIRONMENT", "ENV_FILE", "DJANGO_SETTINGS_MODULE"}
    return {**{k: v for k, v in os.environ.items() if k not in ignored}, "PATH": path}


if __name__ == "__main__":
    os.chdir(CHECKOUT)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
