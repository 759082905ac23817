"""Keeps the processes of a Procfile alive, and ends them in order.

Honcho prints; its own manager would end everything when one process ends, and kill after five
seconds.
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

#: The web server gives back what it had to cut off after its own grace time.
MARGIN_SECONDS = 5.0
RESTART_SECONDS = 1.0
CHECK_SECONDS = 1.0
#: So often it is said what is missing, until everything is ready.
UNREADY_SECONDS = 30.0


class Supervisor:
    """Keeps processes and their database alive until it is asked to stop, then ends them in order.

    ``stages`` are ended one after the other. ``grace`` is how many seconds a process may take to
    end; after ``margin`` more it is killed.
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
        """Returns after a SIGTERM, SIGINT or SIGHUP, when every process has ended."""
        on_stop_request(self._note_request)
        begin = time.monotonic()
        try:
            while not self._requests:
                self._keep_processes()
                self._keep_server()
                self._relay_output(0.2)
                self._notify(waited=time.monotonic() - begin)
        finally:
            self._end_all()

    def _note_request(self, *_: object) -> None:
        self._requests += 1

    def _keep_processes(self) -> None:
        for process, start_time in self._start_times.items():
            if process.is_started and process.has_ended():
                code = self._finish(process)
                self._say(f"{process.name} ended ({_describe(code)}); starting it again")
                self._start_times[process] = time.monotonic() + RESTART_SECONDS
            elif not process.is_started and time.monotonic() >= start_time:
                process.start()

    def _keep_server(self) -> None:
        if not self._server or time.monotonic() < self._next_check:
            return
        self._next_check = time.monotonic() + CHECK_SECONDS
        if not self._server.is_running():
            self._say("PostgreSQL ended; starting it again")
            try:
                self._server.start(preexec=die_with_parent())
            except (PostgresError, OSError) as error:
                self._say(str(error))

    def _notify(self, *, waited: float) -> None:
        if self._is_announced or not any(process.is_started for process in self._start_times):
            return
        status, body = self._address.ask_readiness()
        if status == 200:
            self._say(f"ShopIQ is ready at {self._address.url} (Ctrl-C stops)", bare=True)
            self._is_announced = True
        elif waited > self._next_complaint:
            self._next_complaint = waited + UNREADY_SECONDS
            self._say(
                f"not ready after {waited:.0f} s: /readyz answers {status or 'nothing'} {body}"
            )

    def _relay_output(self, timeout: float) -> None:
        """Wait so long for output at most, and print what there is."""
        with selectors.DefaultSelector() as selector:
            for process in self._start_times:
                if process.is_readable:
                    selector.register(process, selectors.EVENT_READ, process)
            if not selector.get_map():
                time.sleep(timeout)
            for key, _ in selector.select(timeout):
                for line in key.data.read_lines():
                    self._say(line, process=key.data)

    def _end_all(self) -> None:
        try:
            for stage in self._stages:
                self._end_stage(stage)
        finally:
            if self._server:
                self._server.stop()

    def _end_stage(self, stage: list[Process]) -> None:
        deadline = time.monotonic() + self._grace + self._margin
        heard = 1
        for process in stage:
            process.ask(signal.SIGTERM)
        while time.monotonic() < deadline and not all(process.has_ended() for process in stage):
            self._keep_server()
            self._relay_output(0.05)
            if self._requests > heard:  # a second Ctrl-C, in this stage or an earlier one
                heard, deadline = self._requests, time.monotonic() + self._margin
                for process in stage:
                    process.ask(signal.SIGINT)
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
        except OSError:  # the terminal is gone; serving goes on
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def on_stop_request(handler: Callable[[int, FrameType | None], object]) -> None:
    """Install a handler for every signal that asks us to stop; ``nohup``'s wish is respected."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)


def _describe(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
