"""A service in S3's place that keeps what it was asked and answers as a test wants.

`tests.servers` would not do: the client waits a second for each upload that is not answered by
"100 Continue" first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Answer = Callable[[Request], Response]


@dataclass
class Recorder:
    url: str
    requests: list[Request] = field(default_factory=list)

    def of(self, method: str) -> list[Request]:
        return [request for request in self.requests if request.method == method]


def obey(request: Request) -> Response:
    """An empty bucket that takes everything."""
    if request.method == "GET":
        return listing([])
    return Response(headers={"ETag": '"0"'})


def listing(keys: Iterable[str]) -> Response:
    entries = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in keys)
    return Response(f"<ListBucketResult>{entries}</ListBucketResult>", mimetype="application/xml")


@contextmanager
def recording(response: Answer = obey) -> Iterator[Recorder]:
    def serve(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        request.get_data()
        recorder.requests.append(request)
        return response(request)(environ, start)

    server = make_server("127.0.0.1", 0, serve, threaded=True, request_handler=_QuietHandler)
    recorder = Recorder(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        """Keeps the tests' output to the tests."""
