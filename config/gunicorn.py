"""Configuration of gunicorn: threads, because a call may wait two minutes for a model.

Run by ``gunicorn -c config/gunicorn.py``. Requests that gunicorn itself rejects, before they reach
the application, get the API's envelope, too.

granian answers a fifth to a third more requests per second. It rejects malformed HTTP without the
envelope and runs nothing of ours at its end, where calls that were cut off get their points back.
"""

import json
import os
import secrets
import subprocess
import sys
import uuid
from contextlib import suppress
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from config.api.timestamps import timestamp

_REFUSALS = {
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.ExpectationFailed: (417, "Expectation Failed"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
}


#: How much gunicorn itself reads of an unread body before the next request.
_DRAINED_BYTES = 64 * 1024


class EnvelopeWorker(ThreadWorker):
    """Gunicorn's threaded worker, with JSON instead of HTML errors."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """When stopping, refuse new connections instead of letting them hang."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                listener.close()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Respond to a request that is not HTTP, or that crashed outside the application."""
        is_ours = not isinstance(exc, errors.ParseException) or isinstance(
            exc, errors.InvalidResponseHeader | errors.InvalidResponseHeaderName
        )
        if is_ours:
            self.log.error("Error handling request", exc_info=exc)
        with suppress(OSError):
            client.sendall(_error_bytes(500, "Internal Server Error") if is_ours else _explain(exc))


def _explain(exc: Exception) -> bytes:
    return _error_bytes(*_REFUSALS.get(type(exc), (400, "Bad Request")))


def _error_bytes(status: int, reason: str) -> bytes:
    request_id = uuid.uuid4().hex
    code = "internal_error" if status == 500 else "malformed_http"
    message = "Internal server error" if status == 500 else f"The request is refused: {reason}"
    body = {"success": False, "message": message, "code": code, "requestId": request_id}
    content = json.dumps({**body, "timestamp": timestamp()}, separators=(",", ":"))
    return (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"X-Request-Id: {request_id}\r\nContent-Length: {len(content)}\r\n\r\n{content}"
    ).encode("ascii")


bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
worker_class = EnvelopeWorker
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = int(os.environ.get("WEB_THREADS") or 256)
worker_connections = max(1000, 2 * threads)
#: Seconds for requests in progress to finish after SIGTERM.
graceful_timeout = int(float(os.environ.get("GRACE_SECONDS") or 10))
#: Seconds between heartbeats of the worker's main loop; a request may take longer.
timeout = 60
keepalive = 5
loglevel = "warning"
# In memory: on a slow disk, a heartbeat could be late and a healthy worker be killed.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
# Unused, and all installations of one user would share its path in the home folder.
control_socket_disable = True
# Forwarded headers are evaluated in one place, by the application. Gunicorn would trust every
# client on this machine, and reject contradictions with an HTML page.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""

# Marks the reservations of this master and its workers. It survives a reload (SIGHUP); an id from
# another process or the environment must not be released here.
if not os.environ.get("SHOPIQ_INSTANCE", "").startswith(f"{os.getpid()}-"):
    os.environ["SHOPIQ_INSTANCE"] = f"{os.getpid()}-{secrets.token_hex(12)}"


def on_starting(server: Arbiter) -> None:
    """Refuse to start with unsafe settings; a separate process checks, to keep the master small."""
    if os.environ.get("SHOPIQ_CHECKED"):  # checked by the process that started us
        return
    command = [sys.executable, "manage.py", "check", "--fail-level", "ERROR"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)


def pre_request(worker: Any, request: Any) -> None:
    """Close the connection after a body that may not be read to its end, or its rest would be taken
    for the next request."""
    headers = dict(request.headers)
    length = headers.get("CONTENT-LENGTH", "0")
    if "TRANSFER-ENCODING" in headers or not length.isdecimal() or int(length) > _DRAINED_BYTES:
        request.force_close()


def on_exit(server: Arbiter) -> None:
    """Let the apps settle the calls that were cut off at the end of the grace period."""
    os.environ["DB_POOL_SIZE"] = "0"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        import django  # noqa: PLC0415 - Django is set up here

        django.setup()
        from config.jobs.signals import web_server_stopped  # noqa: PLC0415 - Django is set up here

        web_server_stopped.send(None, instance=os.environ["SHOPIQ_INSTANCE"])
    except Exception as error:  # noqa: BLE001 - the web server must end all the same
        # Their leases expire: the scheduler refunds them within minutes.
        server.log.error("Interrupted requests will be refunded later: %s", error)
