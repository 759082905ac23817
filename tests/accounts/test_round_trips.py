"""Round trips to the database per call, counted on the wire."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest
from django.db import connection

from tests.factories import Keys
from tests.imaging.calls import CREATE, PROMPT, gemini_environment
from tests.imaging.fakes.gemini import FakeGemini
from tests.web import WebServer

#: The first byte of what starts a connection, and of what ends it.
_STARTUP, _FAREWELL = b"\0", b"X"


class Wiretap:
    """A proxy to the database that counts what is sent through it: one send, one round trip."""

    def __init__(self, folder: Path) -> None:
        self.trips = 0
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(folder / ".s.PGSQL.5432"))
        self._door.listen(16)
        settings = connection.settings_dict
        self.url = f"postgres://{settings['USER']}:{quote(settings['PASSWORD'], safe='')}@:5432"
        self.url += f"/{settings['NAME']}?host={quote(str(folder), safe='')}"
        connection.ensure_connection()
        info = connection.connection.info
        self._database = (info.host, info.port)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        with client, self._dial() as server:
            back = threading.Thread(target=_pump, args=(server, client, lambda data: None))
            back.start()
            _pump(client, server, self._note)
            back.join()

    def _dial(self) -> socket.socket:
        host, port = self._database
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        dialled = socket.socket(socket.AF_UNIX)
        dialled.connect(f"{host}/.s.PGSQL.{port}")
        return dialled

    def _note(self, data: bytes) -> None:
        self.trips += data[:1] not in (_STARTUP, _FAREWELL)


def _pump(source: socket.socket, target: socket.socket, note: Callable[[bytes], None]) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 20):
            note(data)
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def wiretap(live_db: None) -> Iterator[Wiretap]:
    with TemporaryDirectory() as folder:
        wiretap = Wiretap(Path(folder))
        yield wiretap
        wiretap.close()


def test_a_test_call_takes_one_round_trip_and_a_live_call_two(
    keys: Keys, wiretap: Wiretap, own_server: Callable[..., WebServer]
) -> None:
    with FakeGemini() as fake:
        env = {**gemini_environment(fake.base_url), "DATABASE_URL": wiretap.url}
        server = own_server(threads=4, pool=1, env=env)

        def trips_of(key: str) -> int:
            for _ in range(8):  # connections, imports, statements that become prepared ones
                assert server.post(CREATE, PROMPT, key).status == 200
            # The request log's thread writes by the same way once a second: it can only add.
            return min(measure(key) for _ in range(8))

        def measure(key: str) -> int:
            wiretap.trips = 0
            assert server.post(CREATE, PROMPT, key).status == 200
            return wiretap.trips

        assert trips_of(keys.test) == 1
        assert trips_of(keys.live) == 2
