"""The commands in bin/ on a machine with only Python, or not even that."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.kills

CHECKOUT = Path(__file__).resolve().parent.parent.parent
#: What the environment's Python is given to do instead of serving.
HELLO = ["requirements.txt", "-c", "import sys; print(sys.prefix)"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose lock files name no packages, so that pip downloads nothing."""
    made = tmp_path / "a shop"
    shutil.copytree(CHECKOUT / "bin", made / "bin")
    (made / "requirements.txt").write_text("# nothing\n")
    (made / "requirements-uv.txt").write_text("# nothing\n")
    return made


def environment(checkout: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        ["python3", checkout / "bin" / "environment.py", *HELLO],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate()  # the test's time limit ends the wait
    return process.returncode, out.strip(), err.strip()


def test_concurrent_commands_create_one_environment_and_a_changed_lock_file_is_installed(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = [finish(process) for process in [environment(checkout), environment(checkout)]]
    assert [result[:2] for result in results] == [(0, str(checkout / ".venv"))] * 2
    made = (checkout / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
    assert finish(environment(checkout)) == (0, str(checkout / ".venv"), "")
    assert (checkout / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == made

    # Bytecode that is unwanted beside the code is kept in the environment.
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    script = "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"
    command = ["python3", "bin/environment.py", "requirements.txt", "-c", script]
    seen = subprocess.check_output(command, cwd=checkout, text=True).strip()
    assert seen == f"False {checkout / '.venv' / 'bytecode'}"

    (checkout / "requirements.txt").write_text("unhashed==1\n")
    code, _, errors = finish(environment(checkout))
    assert code == 1
    assert "Failed:" in errors


def test_an_interrupted_installation_is_repeated(checkout: Path) -> None:
    process = environment(checkout)
    while not (checkout / ".venv").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    assert finish(process)[0] == 130
    (checkout / ".venv" / "half-written").touch()
    (checkout / ".venv" / ".unfinished").touch()
    assert finish(environment(checkout))[0] == 0
    assert not (checkout / ".venv" / "half-written").exists()


@pytest.mark.parametrize("command", ["run", "dev", "test", "check"])
def test_missing_python_is_reported(tmp_path: Path, command: str) -> None:
    (tmp_path / "dirname").symlink_to(str(shutil.which("dirname")))
    done = subprocess.run(
        ["/bin/sh", CHECKOUT / "bin" / command],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr


def test_a_taken_port_is_reported_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "config.local.supervisor"],
            cwd=CHECKOUT,
            env={**os.environ, "SHOPIQ_DATA": str(tmp_path), "PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == f"Port {port} on 127.0.0.1 is in use. Set another PORT.\n"


def test_a_command_restarts_when_a_file_changes(checkout: Path) -> None:
    (checkout / "app.py").write_text("")
    command = [sys.executable, "-u", "-m", "bin.reload", "-c", "print('up'); input()"]
    with subprocess.Popen(
        command, cwd=checkout, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        (checkout / "app.py").write_text("changed = True\n")
        os.utime(checkout / "app.py", (0, 0))
        assert process.stdout.readline() == "up\n"
        process.terminate()
        assert process.wait() == 0


def test_a_command_runs_again_when_an_sql_file_changes(checkout: Path) -> None:
    (checkout / "charge.sql").write_text("")
    command = [sys.executable, "-u", "-m", "bin.reload", "--sql", "-c", "print('installed')"]
    with subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "installed\n"
        os.utime(checkout / "charge.sql", (0, 0))
        assert process.stdout.readline() == "installed\n"
        process.terminate()
        assert process.wait() == 0
