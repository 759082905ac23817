"""The part that every fake of a foreign service shares: a threaded server."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class FakeServer:
    """Serves at `base_url` in a `with` block; leaving it ends all waits at once."""

    def __init__(self, port: int = 0) -> None:
        self._closing = threading.Event()
        self._server = make_server(
            "127.0.0.1", port, self._serve, threaded=True, request_handler=_QuietHandler
        )
        # Load tests open hundreds of connections at once; a full queue would cost them seconds.
        self._server.socket.listen(1024)
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _serve(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        with Request(environ) as request:  # closes what was uploaded
            return self._handle(request)(environ, start)

    def _handle(self, request: Request) -> Response:
        raise NotImplementedError


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Keeps the tests' output to the tests."""
