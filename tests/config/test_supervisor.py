"""The supervisor keeps processes running, and leaves none behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.local.supervisor.process import RUN_MARKER, stop_leftovers
from tests.ports import free_port
from tests.waiting import wait_for

pytestmark = pytest.mark.kills

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SUPERVISOR = """
import os, sys
from config.local.address import Address
from config.local.supervisor.process import RUN_MARKER, Process
from config.local.supervisor import supervisor
supervisor.UNREADY_SECONDS = float(os.environ["UNREADY_SECONDS"])
port, run, grace, *commands = sys.argv[1:]
env = {**os.environ, RUN_MARKER: run, "PYTHONUNBUFFERED": "1", "PORT": port}
os.chdir(run)
web, *others = [Process(*command.split(": ", 1), env) for command in commands]
address = Address("127.0.0.1", int(port))
limits = {"grace": float(grace), "margin": 0.5}
supervisor.Supervisor([[web], others], server=None, address=address, **limits).run()
"""
WEB = """
import http.server, pathlib, sys
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if pathlib.Path("ready").exists() else 503)
        self.end_headers()
    def log_message(self, *arguments): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""
LAST = """
import signal, socket, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
print("waits")
signal.sigwait({signal.SIGTERM})
print("web answers:", socket.socket().connect_ex(("127.0.0.1", int(sys.argv[1]))) == 0)
"""
STUBBORN = "trap '' TERM INT; echo up; while :; do sleep 0.05; done"


class Run:
    """A supervisor of a stand-in for the web process and the given commands (``name: command``)."""

    def __init__(
        self,
        folder: Path,
        *commands: str,
        grace: str = "0.5",
        reader: bool = False,
        unready_seconds: str = "",
    ) -> None:
        """Web is ready at once, unless `unready_seconds` says when to complain that it is not."""
        self.mark = str(folder)
        self.output = folder / "output"
        if not unready_seconds:
            (folder / "ready").touch()
        (folder / "web.py").write_text(WEB)
        (folder / "last.py").write_text(LAST)
        web = f"web: exec '{sys.executable}' web.py $PORT"
        run = [str(free_port()), self.mark, grace, web, *commands]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SUPERVISOR, *run],
                stdout=subprocess.PIPE if reader else output,
                stderr=subprocess.STDOUT,
                env={
                    **os.environ,
                    "PYTHONPATH": str(CHECKOUT),
                    "UNREADY_SECONDS": unready_seconds or "600",
                },
            )

    @property
    def text(self) -> str:
        return self.output.read_text()

    def wait_for_line(self, pattern: str) -> re.Match[str]:
        wait_for(lambda: re.search(pattern, self.text))
        found = re.search(pattern, self.text)
        assert found
        return found

    def processes(self) -> list[int]:
        """Return the processes that carry this supervisor's marker."""
        mark = f"{RUN_MARKER}={self.mark}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in entry.read_bytes().split(b"\0"):
                    found.append(int(entry.parent.name))
            except OSError:
                continue
        return found

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait()


Supervise = Callable[..., Run]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    runs: list[Run] = []

    def start(*commands: str, **how: Any) -> Run:
        runs.append(Run(tmp_path, *commands, **how))
        return runs[-1]

    yield start
    for run in runs:
        run.process.kill()
        run.process.wait()
        stop_leftovers(run.mark, grace=0)


def test_it_reports_readiness_once(supervise: Supervise) -> None:
    run = supervise("worker: exec sleep 60")
    run.wait_for_line("ready")
    assert re.fullmatch(
        r"ShopIQ is ready at http://127.0.0.1:\d+ \(press Ctrl-C to stop\)\n", run.text
    )


def test_however_late_it_is_it_says_that_it_is_ready(supervise: Supervise, tmp_path: Path) -> None:
    run = supervise("worker: exec sleep 60", unready_seconds="0.1")
    wait_for(lambda: len(re.findall("503", run.text)) >= 2)
    (tmp_path / "ready").touch()
    run.wait_for_line("ShopIQ is ready")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_exits_with_code_0_and_leaves_no_processes(
    supervise: Supervise, number: signal.Signals
) -> None:
    run = supervise("worker: sleep 60 & sleep 60")
    run.wait_for_line("ready")
    assert run.stop(number) == 0
    assert run.processes() == []


def test_the_web_process_ends_before_the_others_are_stopped(supervise: Supervise) -> None:
    run = supervise(f"worker: exec '{sys.executable}' last.py $PORT")
    run.wait_for_line("worker .*waits")
    run.wait_for_line("ready")
    run.stop()
    assert "web answers: False" in run.text


def test_a_process_that_exceeds_its_grace_period_is_killed(supervise: Supervise) -> None:
    run = supervise(f"worker: {STUBBORN}")
    run.wait_for_line("worker .*up")
    run.wait_for_line("ready")
    assert run.stop() == 0
    assert run.processes() == []


def test_a_second_interrupt_shortens_the_wait(supervise: Supervise) -> None:
    run = supervise(f"worker: {STUBBORN}", grace="60")
    run.wait_for_line("worker .*up")
    run.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert run.stop(signal.SIGINT) == 0


def test_a_dead_process_is_restarted_without_its_leftovers(supervise: Supervise) -> None:
    run = supervise("worker: sleep 60 & echo left $!; sleep 60 & echo mine $$; wait")
    left = int(run.wait_for_line(r"left (\d+)")[1])
    os.kill(int(run.wait_for_line(r"mine (\d+)")[1]), signal.SIGKILL)
    run.wait_for_line(r"worker exited \(SIGKILL\), restarting")
    wait_for(lambda: len(re.findall("mine", run.text)) == 2)
    assert left not in run.processes()


def test_the_exit_code_and_last_output_of_a_dead_process_are_shown(supervise: Supervise) -> None:
    run = supervise("worker: printf 'first\nno newline'; exit 3")
    run.wait_for_line(r"exit code 3")
    assert re.search(r"worker +\| first\n.*worker +\| no newline\n", run.text)


def test_killing_the_supervisor_ends_the_rest(supervise: Supervise) -> None:
    run = supervise("worker: exec sleep 60")
    run.wait_for_line("ready")
    assert len(run.processes()) == 2
    run.process.kill()
    wait_for(lambda: not run.processes())


def test_the_next_run_stops_leftovers_of_a_killed_one(supervise: Supervise) -> None:
    run = supervise("worker: trap '' TERM; sleep 60 & wait; sleep 60")
    run.wait_for_line("ready")
    run.process.kill()
    run.process.wait()
    assert run.processes()
    stop_leftovers(run.mark, grace=0.2)
    wait_for(lambda: not run.processes())


def test_a_closed_terminal_does_not_stop_it(supervise: Supervise) -> None:
    run = supervise("worker: while :; do echo tick; sleep 0.05; done", reader=True)
    assert run.process.stdout
    run.process.stdout.readline()
    run.process.stdout.close()
    time.sleep(0.3)
    assert run.process.poll() is None
    assert run.stop() == 0
