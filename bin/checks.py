"""``bin/test``: every static check, then pytest on all cores with a PostgreSQL of its own.

A failed check does not keep the tests from running, but it fails the whole.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from config.local.postgres import PostgresError, Server, data_dir
from config.local.supervisor.process import die_with_parent

CHECKOUT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, "manage.py"]
CHECKS = {
    "ruff": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "import-linter": ["lint-imports"],
    "makemigrations --check": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "check --deploy": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "djlint": ["djlint", "--lint", "--quiet", "templates"],
}
#: Debian's package, and the names under which the program may be installed otherwise.
TOOLS = {
    "chromium": ["chromium", "chromium-browser", "google-chrome"],
    "nodejs": ["node", "nodejs"],
}
#: A lost test database is made again, so nothing waits for the disk.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300"


def main(arguments: list[str]) -> int:
    """Answers pytest's exit code, or 1 if only a check failed."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    data = data_dir().with_name(f"{data_dir().name}-test")
    env = _environment(data)
    if not _has_tools() and os.environ.get("CI"):
        return 1
    data.mkdir(parents=True, exist_ok=True)
    with (data / "test.lock").open("w") as lock:
        _wait_for(lock.fileno())
        os.environ["SHOPIQ_POSTGRES_OPTIONS"] = FAST
        server = Server(data)
        try:
            server.start(preexec=_with_us)
            failed = [name for name, command in CHECKS.items() if not _passes(name, command, env)]
            return _run_tests(arguments, env) or int(bool(failed))
        finally:
            server.stop()


def _environment(data: Path) -> dict[str, str]:
    """Ours, but for what would point the tests at somebody's real database or settings."""
    ignored = {"DATABASE_URL", "ENVIRONMENT", "ENV_FILE", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in ignored}
    path = f"{Path(sys.executable).parent}:{kept.get('PATH', os.defpath)}"
    return {**kept, "PATH": path, "SHOPIQ_DATA": str(data)}


def _wait_for(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _say("Another bin/test runs here; this one waits for its end.")
        fcntl.flock(lock, fcntl.LOCK_EX)


def _has_tools() -> bool:
    """Whether the browser and Node are there; as root on Debian they are installed."""
    missing = [package for package, names in TOOLS.items() if not any(map(shutil.which, names))]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        _say(f"Installing {' and '.join(missing)} ...")
        for action in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
            env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(["apt-get", "-qq", *action], env=env, stdout=subprocess.DEVNULL)
        missing = [package for package in missing if not any(map(shutil.which, TOOLS[package]))]
    if missing:
        _say(f"\nWARNING: {' and '.join(missing)} missing. What needs it is NOT TESTED.\n")
    return not missing


def _passes(name: str, command: list[str], env: dict[str, str]) -> bool:
    if name == "check --deploy":
        env = {"PATH": env["PATH"], "ENV_FILE": "tests/production.env"}
    begin = time.monotonic()
    done = subprocess.run(command, env=env, capture_output=True, text=True, preexec_fn=_with_us)
    verdict = "FAILED" if done.returncode else "ok"
    _say(f"{name:24}{verdict:8}{time.monotonic() - begin:5.1f} s")
    if done.returncode:
        _say(f"{done.stdout}{done.stderr}")
    return done.returncode == 0


def _run_tests(arguments: list[str], env: dict[str, str]) -> int:
    command = ["pytest", "-n", "logical", *arguments]
    with subprocess.Popen(command, env=env, preexec_fn=_with_us) as tests:
        return _wait(tests)


def _wait(tests: subprocess.Popen[bytes]) -> int:
    """Interrupted, we give pytest the time to end what its tests have started."""
    try:
        return tests.wait()
    except KeyboardInterrupt:
        tests.send_signal(signal.SIGINT)
        try:
            return tests.wait(timeout=20)
        except subprocess.TimeoutExpired:
            tests.kill()
            return 130


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


_with_us = die_with_parent()

if __name__ == "__main__":
    os.chdir(CHECKOUT)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except (PostgresError, OSError) as error:
        sys.exit(str(error))
