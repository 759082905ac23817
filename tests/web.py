"""A real web process for tests that need one: gunicorn on loopback over the test database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import urllib3
from django.conf import settings
from django.db import connection


def database_url() -> str:
    """The URL of the database that the running test uses."""
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    user, password, port = database["USER"], database["PASSWORD"], database["PORT"]
    place = f"@{host}:{port}" if port and not host.startswith("/") else "@"
    query = f"?host={quote(host, safe='')}" if host.startswith("/") else ""
    secret = f":{quote(password, safe='')}" if password else ""
    return f"postgres://{user}{secret}{place}/{database['NAME']}{query}"


class WebServer:
    """One gunicorn with `workers` processes; environment variables by `env`."""

    def __init__(
        self,
        *,
        folder: Path,
        workers: int = 1,
        threads: int = 64,
        pool: int = 10,
        env: dict[str, str] | None = None,
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.media = Path(settings.MEDIA_ROOT)
        self.log = folder / f"web-{self.port}.log"
        #: What PostgreSQL calls this server's connections.
        self.name = f"web-{self.port}"
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "DB_POOL_SIZE": str(pool),
            "PGAPPNAME": self.name,
            "PORT": str(self.port),
            "WEB_CONCURRENCY": str(workers),
            "WEB_THREADS": str(threads),
            "MEDIA_ROOT": settings.MEDIA_ROOT,
            "GRACE_SECONDS": "5",
            **(env or {}),
        }
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "gunicorn",
                    "-c",
                    "config/gunicorn.py",
                    "config.wsgi:application",
                ],
                cwd=settings.BASE_DIR,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.http = urllib3.PoolManager(num_pools=2, maxsize=512, retries=False)

    def wait_until_ready(self, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.http.request("GET", f"{self.url}/healthz", timeout=2).status == 200:
                    return
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
        raise AssertionError(f"the web server did not start:\n{self.log.read_text()}")

    def post(self, path: str, body: object, key: str, timeout: float = 60, **headers: Any) -> Any:
        return self.http.request(
            "POST",
            self.url + path,
            json=body,
            headers={"x-api-key": key, **headers},
            timeout=timeout,
        )

    def get(self, path: str, key: str, timeout: float = 60) -> Any:
        return self.http.request(
            "GET", self.url + path, headers={"x-api-key": key}, timeout=timeout
        )

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends the whole group; waits until it is gone."""
        self.http.clear()  # gunicorn waits for kept connections
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
