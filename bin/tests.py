"""``bin/test``: with arguments, run pytest; without, or with ``--all``, the static checks, too.

A failed check does not prevent the tests from running, but fails the whole.
"""

import os
import shutil
import signal
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import TemporaryFile

CHECKOUT = Path(__file__).resolve().parent.parent
#: Debian's packages, with their program and what else will do where it cannot be installed.
TOOLS = {
    "chromium-headless-shell": [
        *("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    ],
    "nodejs": ["node", "nodejs"],
    "npm": ["npm"],
    "pgbouncer": ["pgbouncer"],
    "nginx-light": ["nginx"],
}
#: For the Nu HTML checker and the documentation's samples, which only ``--all`` runs.
FULL_TOOLS = {"default-jre-headless": ["java"], "php-cli php-curl": ["php"]}
#: The npm packages with which partners verify webhooks, those that make a typed client, and the
#: Nu HTML checker, locked with their hashes.
NODE_FOLDERS = [
    CHECKOUT / "tests" / name / "node" for name in ("integrations", "clients", "dashboard")
]
#: Processes of pytest beyond processors: tests wait, in `--all` also for what they have killed.
MORE, MORE_FOR_ALL = 2, 3
#: It has a database and takes no time.
ONE_TEST = "test_a_working_installation_is_ready"


def main(arguments: list[str]) -> int:
    """Return pytest's exit code, or 1 if only a check failed."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"
    os.environ.pop("DATABASE_URL", None)  # the tests have a database of their own
    if arguments not in ([], ["--all"]):
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])  # noqa: S606 - no shell
    tools = TOOLS | (FULL_TOOLS if arguments else {})
    has_all = _install_missing_tools(tools) and all(map(_install_node_packages, NODE_FOLDERS))
    if not has_all and os.environ.get("CI"):
        return 1
    processes = len(os.sched_getaffinity(0)) + (MORE_FOR_ALL if arguments else MORE)
    return _run_beside_checks([sys.executable, "-m", "pytest", "-n", str(processes), *arguments])


def _run_beside_checks(tests: list[str]) -> int:
    with TemporaryFile("w+") as output:
        checks = subprocess.Popen(
            [sys.executable, "-m", "bin.checks"], stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _compile_tests()
            code = _wait(subprocess.Popen(tests))
            failed = checks.wait()
        finally:
            if checks.poll() is None:
                checks.send_signal(signal.SIGINT)
                checks.wait()
        output.seek(0)
        _say(output.read())
    return code or failed


def _compile_tests() -> None:
    """In a new checkout, compile all code and migrate the template of the databases once.

    Each of several processes would compile all that the others do, and then wait for the template.
    """
    compiled = Path(cache_from_source(str(CHECKOUT / "tests" / "conftest.py"))).parent
    if not any(compiled.glob("conftest.*-pytest-*.pyc")):
        one_test = [sys.executable, "-m", "pytest", "-n", "0", "-k", ONE_TEST]
        _wait(subprocess.Popen(one_test, cwd=CHECKOUT, stdout=subprocess.DEVNULL))


def _wait(tests: subprocess.Popen[bytes]) -> int:
    """After an interrupt, give pytest time to stop what the tests have started."""
    try:
        return tests.wait()
    except KeyboardInterrupt:
        tests.send_signal(signal.SIGINT)
        try:
            tests.wait(timeout=20)
        except subprocess.TimeoutExpired:
            tests.kill()
        raise


def _install_missing_tools(tools: dict[str, list[str]]) -> bool:
    """Return whether the tools are present; as root on Debian, install them."""
    missing = [package for package, [program, *_] in tools.items() if not shutil.which(program)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = " ".join(missing).split()
        _say(f"Installing {' and '.join(packages)} ...")
        for action in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(["apt-get", "-qq", *action], env=env, stdout=subprocess.DEVNULL)  # noqa: PLW1510 - its exit code is looked at
    missing = [package for package in missing if not any(map(shutil.which, tools[package]))]
    if missing:
        _say(f"\nWARNING: {' and '.join(missing)} missing. Tests that need it are SKIPPED.\n")
    return not missing


def _install_node_packages(folder: Path) -> bool:
    """Return whether they are there; `npm ci` takes a second and is run once."""
    if (folder / "node_modules").is_dir():
        return True
    if npm := shutil.which("npm"):
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL)  # noqa: PLW1510 - its result is looked at
    if (folder / "node_modules").is_dir():
        return True
    _say("\nWARNING: npm packages missing. Tests that need them are SKIPPED.\n")
    return False


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.chdir(CHECKOUT)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
