"""The address of the web process, as seen by the processes that start it and wait for it."""

import http.client
import os
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Address:
    """The host and port on which the web process accepts connections."""

    host: str
    port: int

    @classmethod
    def from_environment(cls) -> "Address":
        """Read ``BIND`` (``host:port``), or ``PORT`` for this machine only."""
        bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
        host, _, port = bind.rpartition(":")
        if not port.isdecimal():
            raise ValueError(f"BIND or PORT has no valid port number: {bind!r}.")
        return cls(host.strip("[]"), int(port))

    @property
    def url(self) -> str:
        """A URL that works on this machine, even if the process listens on every interface."""
        host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(  # noqa: S104 - not bound
            self.host, self.host
        )
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def is_free(self, *, wait: float = 0.0) -> bool:
        """Return whether the web process could listen here, now or within `wait` seconds."""
        deadline = time.monotonic() + wait
        while not self._can_bind():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def ask_status(self) -> tuple[int, str]:
        """Return status and body of ``/statusz``; status 0 if there is no response.

        The request uses the public host name, because in production the application accepts no
        other.
        """
        target = urlsplit(self.url)
        public = urlsplit(os.environ.get("PUBLIC_URL") or self.url).netloc
        connection = http.client.HTTPConnection(target.netloc, timeout=2)
        try:
            connection.request("GET", "/statusz", headers={"Host": public})
            response = connection.getresponse()
            return response.status, response.read(2000).decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def _can_bind(self) -> bool:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
                probe.listen()
            except OSError:
                return False
            return True
