"""Create .venv from a lock file with hashes, and run its Python with the given arguments.

    python3 bin/environment.py requirements.txt -m config.local.supervisor

Nothing is installed if this lock file already is. An interrupted installation is deleted, because a
half-written package would count as complete. uv installs three times as fast as pip; pip, which has
to install uv first, is the fallback.
"""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from shutil import rmtree
from typing import IO

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
UV_LOCK = CHECKOUT / "requirements-uv.txt"
UNFINISHED = VENV / ".unfinished"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
#: What uv takes over from the settings of pip: the package index, and its certificate authority.
UV_SETTINGS = {"UV_DEFAULT_INDEX": "PIP_INDEX_URL", "SSL_CERT_FILE": "PIP_CERT"}
PIP_OPTIONS = ("--quiet", "--no-input", "--require-hashes", "-r")


def main(lock_name: str, arguments: list[str]) -> None:
    """Replace this process by the environment's Python; never return."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # or pip would outlive this process
    lock_file = CHECKOUT / lock_name
    if not _is_installed(lock_file):
        with _open_private(CHECKOUT / ".venv.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _is_installed(lock_file):  # by the process that held the lock
                _install(lock_file, lock.fileno())
    _keep_bytecode()
    os.execv(PYTHON, [str(PYTHON), *arguments])  # noqa: S606 - no shell


def _keep_bytecode() -> None:
    """Let the first process compile the code, not each of the dozens that follow it.

    For those who want no bytecode beside the code, it is kept in .venv.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "bytecode"))


def _open_private(path: Path) -> IO[bytes]:
    """Open a file that its owner alone may open: another user could hold the lock."""
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "rb+")
    if os.fstat(file.fileno()).st_uid == os.geteuid():
        os.fchmod(file.fileno(), 0o600)
    return file


def _is_installed(lock_file: Path) -> bool:
    return not UNFINISHED.exists() and os.access(PYTHON, os.X_OK) and _is_stamped(lock_file)


def _is_stamped(lock_file: Path) -> bool:
    stamp = _stamp(lock_file)
    return stamp.exists() and stamp.read_text() == _fingerprint(lock_file)


def _stamp(lock_file: Path) -> Path:
    return VENV / f".{lock_file.name}.installed"


def _fingerprint(lock_file: Path) -> str:
    """Hash the lock file and the path, which an environment's scripts contain."""
    return hashlib.sha256(lock_file.read_bytes() + os.fsencode(VENV)).hexdigest()


def _install(lock_file: Path, lock: int) -> None:
    sys.stderr.write("Installing the locked dependencies into .venv ...\n")
    if UNFINISHED.exists() or not _is_working():
        _create_environment(lock, "--without-pip")
    UNFINISHED.touch()
    try:
        _install_by_uv(lock_file, lock)
    except CommandFailed as failure:
        sys.stderr.write(f"{failure}\nInstalling with pip instead, which takes a minute or two.\n")
        _create_environment(lock)
        UNFINISHED.touch()
        _run(lock, str(PYTHON), "-m", "pip", "install", *PIP_OPTIONS, str(lock_file))
    _stamp(lock_file).write_text(_fingerprint(lock_file))
    UNFINISHED.unlink()


def _create_environment(lock: int, *options: str) -> None:
    rmtree(VENV, ignore_errors=True)
    _run(lock, sys.executable, "-m", "venv", *options, str(VENV))


def _install_by_uv(lock_file: Path, lock: int) -> None:
    if not _is_stamped(UV_LOCK):
        # This Python's own pip, if it has one: unpacking another takes three seconds.
        try:
            _run(lock, *PIP, "--python", str(PYTHON), "install", *PIP_OPTIONS, str(UV_LOCK))
        except CommandFailed:
            _run(lock, str(PYTHON), "-m", "ensurepip")
            _run(lock, str(PYTHON), "-m", "pip", "install", *PIP_OPTIONS, str(UV_LOCK))
        _stamp(UV_LOCK).write_text(_fingerprint(UV_LOCK))
    for uv_name, pip_name in UV_SETTINGS.items():
        if pip_name in os.environ:
            os.environ.setdefault(uv_name, os.environ[pip_name])
    is_homeless = not os.access(os.path.expanduser("~"), os.W_OK)
    cache = ["--no-cache"] if is_homeless else []
    install = ("pip", "install", "--quiet", "--require-hashes", *cache, "-r", str(lock_file))
    _run(lock, str(UV), *install, "--python", str(PYTHON))


def _is_working() -> bool:
    """Return whether the environment's Python runs and finds itself at this path."""
    try:
        prefix = subprocess.check_output([PYTHON, "-c", "import sys; print(sys.prefix)"])
    except (OSError, subprocess.CalledProcessError):
        return False
    return prefix.decode().strip() == str(VENV) and not _is_moved()


def _is_moved() -> bool:
    script = VENV / "bin" / "activate"
    return script.exists() and str(VENV) not in script.read_text(errors="replace")


class CommandFailed(Exception):
    """A command failed; the text is its output."""


def _run(lock: int, *command: str) -> None:
    """Run a command, silently unless it fails; it ends when we do.

    It shares our lock: if we are killed, the next installation waits until it stops writing.
    """
    try:
        child = _start(lock, command)
    except OSError as error:
        raise CommandFailed(f"{command[0]} does not start: {error}") from error
    with child:
        try:
            output, _ = child.communicate()
        except KeyboardInterrupt:
            os.killpg(child.pid, signal.SIGKILL)
            raise
    if child.returncode:
        raise CommandFailed(f"{output}\nFailed: {' '.join(command)}")


def _start(lock: int, command: tuple[str, ...]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=[lock],
        start_new_session=True,
        text=True,
    )


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2:])
    except KeyboardInterrupt:
        sys.exit(130)
    except CommandFailed as failure:
        sys.exit(str(failure))
    except OSError as error:
        sys.exit(f"Cannot create the environment: {error}")
