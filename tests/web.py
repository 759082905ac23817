"""A real web process on loopback: gunicorn with the test database."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import urllib3
from django.conf import settings
from django.db import connection

from accounts.models import RefusedCalls, RequestLog
from config.api.chain import is_api_path
from tests.ports import free_port


def database_url(role: str = "") -> str:
    """Return the URL of the current test database, for the role that serves or another."""
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    user = role or settings.DATABASE_SERVING_ROLE
    password, port = database["PASSWORD"], database["PORT"]
    place = f"@{host}:{port}" if port and not host.startswith("/") else "@"
    query = f"?host={quote(host, safe='')}" if host.startswith("/") else ""
    secret = f":{quote(password, safe='')}" if password else ""
    return f"postgres://{user}{secret}{place}/{database['NAME']}{query}"


def _count_calls() -> int:
    return RequestLog.objects.count() + RefusedCalls.objects.of_all().total()


class WebServer:
    """A gunicorn with `workers` processes; `env` sets environment variables."""

    def __init__(
        self,
        *,
        folder: Path,
        workers: int = 1,
        threads: int = 64,
        pool: int = 10,
        env: dict[str, str] | None = None,
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.media = folder / "media"
        #: What PostgreSQL calls this server's connections.
        self.name = f"web-{self.port}"
        self._log = folder / f"web-{self.port}.log"
        self._log_start = 0
        self._answered: list[str] = []
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "DB_POOL_SIZE": str(pool),
            "PGAPPNAME": self.name,
            "PORT": str(self.port),
            "WEB_CONCURRENCY": str(workers),
            "WEB_THREADS": str(threads),
            "MEDIA_ROOT": str(self.media),
            "GRACE_SECONDS": "5",
            "SHOPIQ_CHECKED": "1",
            # All tests call from one address.
            "REFUSED_CALLS_PER_MINUTE": "100000",
            **(env or {}),
        }
        command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"]
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "config.wsgi:application"],
                cwd=settings.BASE_DIR,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.http = urllib3.PoolManager(num_pools=2, maxsize=512, retries=False)

    def wait_until_ready(self) -> None:
        """However long it takes: the time limit of the test ends the wait."""
        while self.process.poll() is None:
            try:
                if self.http.request("GET", f"{self.url}/healthz").status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
        raise AssertionError(f"the web server did not start:\n{self.read_log()}")

    def post(self, path: str, body: object, key: str, **headers: str) -> Any:
        return self._send("POST", path, json=body, headers={"x-api-key": key, **headers})

    def get(self, path: str, key: str) -> Any:
        return self._send("GET", path, headers={"x-api-key": key})

    def _send(self, method: str, path: str, **options: Any) -> Any:
        response = self.http.request(method, self.url + path, **options)
        self._answered.append(path)
        return response

    def begin_test(self) -> None:
        """Reset the state, as if it had just started."""
        self._answered.clear()
        self._log_start = self._log.stat().st_size

    def read_log(self) -> str:
        """Return the output since the test began."""
        return self._log.read_bytes()[self._log_start :].decode()

    def end_test(self) -> None:
        """Wait for the lines of the request log, or they would be in the next test's way."""
        calls = sum(is_api_path(path.partition("?")[0]) for path in self._answered)
        end = time.monotonic() + 60
        while _count_calls() < calls and time.monotonic() < end and self.process.poll() is None:
            time.sleep(0.05)
        shutil.rmtree(self.media, ignore_errors=True)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop the whole process group and wait for its end."""
        self.http.clear()  # gunicorn waits for kept connections
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
            self.process.wait()
