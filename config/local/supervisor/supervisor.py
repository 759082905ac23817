"""Keep the processes of a Procfile running, and stop them in order.

Honcho reads the Procfile and prints the output. The rest is our own, because neither honcho's
manager nor supervisord passes `tests/config/test_supervisor.py`:

- Honcho stops everything when one process ends, signals all of them at once, kills after a fixed
  five seconds, waits for output that a grandchild holds open, and leaves its children running when
  it is killed itself.
- Supervisord, with a program of ours that ties each child to it, restarts and stops by stages. But
  it takes SIGHUP, a closed terminal, for "restart everything", ignores a second Ctrl-C, exits with
  1 when its reader goes away, and notices the end of a child up to a second late, so that a short
  grace period kills what had ended. A translation of the Procfile, PostgreSQL, the "ready" line,
  what a killed run left behind and the tie itself would still be our own.
"""

import os
import selectors
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from honcho.colour import get_colours
from honcho.printer import Message, Printer

from config.local.address import Address
from config.local.postgres import PostgresError, Server
from config.local.supervisor.process import Process, die_with_parent

#: The web server refunds what it had to cut off after its own grace period.
MARGIN_SECONDS = 5.0
RESTART_SECONDS = 1.0
CHECK_SECONDS = 1.0
#: Seconds between reports of what is not ready yet.
UNREADY_SECONDS = 30.0


class Supervisor:
    """Runs processes and the database that they use.

    ``stages`` are stopped one after the other. ``grace`` is how many seconds a process may take to
    stop; after ``margin`` more it is killed.
    """

    def __init__(
        self,
        stages: list[list[Process]],
        *,
        server: Server | None,
        address: Address,
        grace: float,
        margin: float = MARGIN_SECONDS,
    ) -> None:
        self._stages = stages
        self._server = server
        self._address = address
        self._grace = grace
        self._margin = margin
        self._start_times = {process: 0.0 for stage in stages for process in stage}
        self._colours = dict(zip(self._start_times, get_colours(), strict=False))
        self._printer = Printer(sys.stdout, width=max(len(p.name) for p in self._start_times))
        self._next_check = 0.0
        self._is_announced = False
        self._next_complaint = UNREADY_SECONDS
        self._requests = 0

    def run(self) -> None:
        """Return after SIGTERM, SIGINT or SIGHUP, when every process has ended."""
        on_stop_request(self._count_request)
        begin = time.monotonic()
        try:
            while not self._requests:
                self._restart_processes()
                self._restart_server()
                self._relay_output(0.2)
                self._notify(waited=time.monotonic() - begin)
        finally:
            self._stop_all()

    def _count_request(self, *_: object) -> None:
        self._requests += 1

    def _restart_processes(self) -> None:
        for process, start_time in self._start_times.items():
            if process.is_started and process.has_ended():
                code = self._finish(process)
                self._say(f"{process.name} exited ({_describe(code)}), restarting")
                self._start_times[process] = time.monotonic() + RESTART_SECONDS
            elif not process.is_started and time.monotonic() >= start_time:
                process.start()

    def _restart_server(self) -> None:
        if not self._server or time.monotonic() < self._next_check:
            return
        self._next_check = time.monotonic() + CHECK_SECONDS
        if not self._server.is_running():
            self._say("PostgreSQL exited, restarting")
            try:
                self._server.start(preexec=die_with_parent())
            except (PostgresError, OSError) as error:
                self._say(str(error))

    def _notify(self, *, waited: float) -> None:
        if self._is_announced or not any(process.is_started for process in self._start_times):
            return
        status, body = self._address.ask_status()
        if status == 200:
            self._say(f"ShopIQ is ready at {self._address.url} (press Ctrl-C to stop)", bare=True)
            self._is_announced = True
        elif waited > self._next_complaint:
            self._next_complaint = waited + UNREADY_SECONDS
            self._say(
                f"not ready after {waited:.0f} s: /statusz returned {status or 'nothing'} {body}"
            )

    def _relay_output(self, timeout: float) -> None:
        """Wait up to `timeout` seconds for output, and print it."""
        with selectors.DefaultSelector() as selector:
            for process in self._start_times:
                if process.output is not None:
                    selector.register(process.output, selectors.EVENT_READ, process)
            if not selector.get_map():
                time.sleep(timeout)
            for key, _ in selector.select(timeout):
                for line in key.data.read_lines():
                    self._say(line, process=key.data)

    def _stop_all(self) -> None:
        try:
            for stage in self._stages:
                self._stop_stage(stage)
        finally:
            if self._server:
                self._server.stop()

    def _stop_stage(self, stage: list[Process]) -> None:
        deadline = time.monotonic() + self._grace + self._margin
        handled = 1
        for process in stage:
            process.send_signal(signal.SIGTERM)
        while time.monotonic() < deadline and not all(process.has_ended() for process in stage):
            self._restart_server()
            self._relay_output(0.05)
            if self._requests > handled:  # a second Ctrl-C, in this stage or an earlier one
                handled, deadline = self._requests, time.monotonic() + self._margin
                for process in stage:
                    process.send_signal(signal.SIGINT)
        for process in stage:
            self._finish(process)

    def _finish(self, process: Process) -> int:
        code, lines = process.finish()
        for line in lines:
            self._say(line, process=process)
        return code

    def _say(self, line: str, *, process: Process | None = None, bare: bool = False) -> None:
        name = process.name if process else "system"
        colour = self._colours.get(process) if process else None
        self._printer.prefix = not bare
        try:
            self._printer.write(Message("line", line, datetime.now(), name, colour))
        except OSError:  # the terminal was closed; keep serving
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def on_stop_request(handler: Callable[[int, FrameType | None], object]) -> None:
    """Handle every signal that asks us to stop; ``nohup`` is respected."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)


def _describe(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
