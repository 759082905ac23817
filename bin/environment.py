"""Makes .venv from a lock file with hashes, then becomes its Python with the given arguments.

    python3 bin/environment.py requirements.txt -m config.local.supervisor

Does nothing when this lock file is installed already. An installation that was interrupted is
thrown away, because pip takes a half-written package for a whole one.
"""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from shutil import rmtree

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / ".unfinished"


def main(lock_name: str, arguments: list[str]) -> None:
    """Never returns: this process becomes the environment's Python."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # or pip would outlive us
    lock_file = CHECKOUT / lock_name
    if not _is_installed(lock_file):
        with (CHECKOUT / ".venv.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _is_installed(lock_file):  # by whoever held the lock
                _install(lock_file, lock.fileno())
    os.execv(PYTHON, [str(PYTHON), *arguments])  # noqa: S606


def _is_installed(lock_file: Path) -> bool:
    stamp = _stamp(lock_file)
    return (
        not UNFINISHED.exists()
        and os.access(PYTHON, os.X_OK)
        and stamp.exists()
        and stamp.read_text() == _fingerprint(lock_file)
    )


def _stamp(lock_file: Path) -> Path:
    return VENV / f".{lock_file.name}.installed"


def _fingerprint(lock_file: Path) -> str:
    """Of the lock, and of the place: an environment's scripts name it, so it cannot be moved."""
    return hashlib.sha256(lock_file.read_bytes() + os.fsencode(VENV)).hexdigest()


def _install(lock_file: Path, lock: int) -> None:
    sys.stderr.write("Installing the locked dependencies into .venv; this takes a minute or two.\n")
    if UNFINISHED.exists() or not _is_working():
        rmtree(VENV, ignore_errors=True)
        _run(lock, sys.executable, "-m", "venv", str(VENV))
    UNFINISHED.touch()
    _run(
        lock,
        *(str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input"),
        *("--disable-pip-version-check", "--require-hashes", "-r", str(lock_file)),
    )
    _stamp(lock_file).write_text(_fingerprint(lock_file))
    UNFINISHED.unlink()


def _is_working() -> bool:
    """Whether the environment's Python still runs, and finds itself in this very place."""
    try:
        prefix = subprocess.check_output([PYTHON, "-c", "import pip, sys; print(sys.prefix)"])
    except (OSError, subprocess.CalledProcessError):
        return False
    return prefix.decode().strip() == str(VENV) and not _is_moved()


def _is_moved() -> bool:
    script = VENV / "bin" / "pip"
    return script.exists() and str(VENV) not in script.read_text(errors="replace")[:1000]


def _run(lock: int, *command: str) -> None:
    """Quiet unless it fails. What it starts ends with us.

    It shares our lock: should we be killed, the next installation waits for what goes on writing.
    """
    with subprocess.Popen(
        command,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=[lock],
        start_new_session=True,
        text=True,
    ) as child:
        try:
            output, _ = child.communicate()
        except KeyboardInterrupt:
            os.killpg(child.pid, signal.SIGKILL)
            raise
    if child.returncode:
        sys.exit(f"{output}\nFailed: {' '.join(command)}")


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2:])
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"The environment cannot be made: {error}")
