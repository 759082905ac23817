"""Gunicorn's threaded worker, whose main loop does all waiting for clients.

Gunicorn's own reads requests and sends responses in its threads, so that as many slow clients as it
has threads keep everyone else out. Here a thread gets a request that has arrived as a whole, and
leaves what the client does not take at once to the main loop. What waits in the main loop has a
deadline, costs no thread, and gives way, the longest waiting first, when connections or memory run
short.
"""

from __future__ import annotations

import errno
import selectors
import time
from contextlib import suppress
from socket import SHUT_WR
from typing import Any

from gunicorn.http import errors, wsgi
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER

from config.edge.connection import Connection
from config.edge.framing import MAX_HEAD
from config.edge.responses import error_response, explain
from config.edge.sockets import SEND_SECONDS, SlowReaders
from config.edge.waiting import WaitingRoom

#: After its last response a connection is read until the client closes it, or the response might be
#: lost: for so long and so much at most.
_LINGER_SECONDS, _LINGER_BYTES = 2.0, 1024 * 1024
#: Bytes of a request that are worth waking the main loop for.
_LARGE = 16 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
_GONE = {errno.EAGAIN, errno.ECONNABORTED}


class AnonymousResponse(wsgi.Response):
    """A response that does not name the server's software."""

    def default_headers(self) -> list[str]:
        return [line for line in super().default_headers() if not line.startswith("Server:")]


class EdgeWorker(WaitingRoom):
    """Serves complete requests in threads, and everything else in its main loop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slow_readers = SlowReaders(max(1, self.cfg.threads // 2))

    def init_process(self) -> None:
        """Run until stopped."""
        wsgi.Response = AnonymousResponse
        super().init_process()

    # A connection comes.

    def accept(self, listener: Any) -> None:
        """Take a connection; another one gives way to it if there are too many."""
        try:
            accepted, client = listener.accept()
        except OSError as error:
            if error.errno in _NO_ROOM:
                self.drop_longest_waiting()
            elif error.errno not in _GONE:
                raise
            return
        try:
            conn = Connection(self.cfg, accepted, client, self._slow_readers)
        except OSError:  # it has left already
            accepted.close()
            return
        if not self.find_room(conn):
            self._refuse(conn, error_response(503, "Service Unavailable"))
        elif not self.find_room_at_address(conn):
            self._refuse(conn, error_response(429, "Too Many Requests"))
        else:
            self.wait(conn, selectors.EVENT_READ, self._receive, conn.request_deadline)

    # Its request arrives.

    def _receive(self, conn: Connection) -> None:
        if not conn.receive() and not conn.received:
            self.drop(conn)
        else:
            self._proceed(conn)

    def _proceed(self, conn: Connection) -> None:
        self.charge(conn, len(conn.received))
        if conn not in self.waiting:  # it was the one to give way
            return
        if conn.is_complete:
            self.stop_waiting(conn)
            conn.take_request()
            self.enqueue_req(conn)
        elif not conn.frame.has_head and len(conn.received) > MAX_HEAD:
            is_long_line = b"\r\n" not in conn.received
            error = errors.LimitRequestLine if is_long_line else errors.LimitRequestHeaders
            self._refuse(conn, explain(error("")))
        else:
            if conn.frame.expects_continue:
                conn.frame.expects_continue = False
                conn.sock.sendall(_CONTINUE)
            conn.deadline = conn.request_deadline

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Run the application in a thread."""
        if conn.charged > _LARGE:  # a thread has it now, and threads are few
            self.method_queue.defer(self.charge, conn, 0)
        req._expected_100_continue = False  # noqa: SLF001 - the body has been asked for and is here
        if conn.frame.is_cut or conn.has_ended:
            req.force_close()
        return super().handle_request(req, conn)

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        return bool(keepalive) and conn.finish_request()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Respond to a request that is not HTTP, or that crashed outside the application."""
        is_ours = not isinstance(exc, errors.ParseException) or isinstance(
            exc, errors.InvalidResponseHeader | errors.InvalidResponseHeaderName
        )
        if is_ours:
            self.log.error("Error handling request", exc_info=exc)
        with suppress(OSError):
            client.sendall(
                error_response(500, "Internal Server Error") if is_ours else explain(exc)
            )

    # Its response leaves.

    def finish_request(self, conn: Connection, fs: Any) -> None:
        """Take the connection back from its thread."""
        try:
            self._take_back(conn, fs)
        except OSError:  # it has just left
            self.drop(conn)

    def _take_back(self, conn: Connection, fs: Any) -> None:
        conn.is_kept = not fs.cancelled() and not fs.exception() and bool(fs.result())
        self.charge(conn, conn.sock.kept_bytes)
        if conn.sock.has_unsent:
            deadline = time.monotonic() + SEND_SECONDS
            self.wait(conn, selectors.EVENT_WRITE, self._send, deadline)
        else:
            self._finish_response(conn)

    def _send(self, conn: Connection) -> None:
        if conn.sock.flush():
            conn.deadline = time.monotonic() + SEND_SECONDS
        self.charge(conn, conn.sock.kept_bytes)
        if not conn.sock.has_unsent:
            self.stop_waiting(conn)
            self._finish_response(conn)

    def _finish_response(self, conn: Connection) -> None:
        if not conn.is_kept:
            self._linger(conn)
            return
        conn.expect_request(conn.take_rest())
        now = time.monotonic()
        if conn.received:
            conn.sock.wait_until_sent(True)
            self.wait(conn, selectors.EVENT_WRITE, self._serve_next, now + SEND_SECONDS)
            return
        # A client may be sending its next request before it learns that we stop.
        idle = self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER
        self.wait(conn, selectors.EVENT_READ, self._receive, now + idle)

    def _serve_next(self, conn: Connection) -> None:
        """Serve the next pipelined request, now that the client has taken the response."""
        self.stop_waiting(conn)
        conn.sock.wait_until_sent(False)
        self.wait(conn, selectors.EVENT_READ, self._receive, conn.request_deadline)
        self._proceed(conn)

    def expire(self, conn: Connection) -> None:
        """End a connection that is past its deadline, unless its request has just come."""
        if not conn.received and self.waiting[conn] == self._receive:
            self.run_handler(conn)
        if conn not in self.waiting or conn.deadline > time.monotonic():
            return
        if conn.received:
            self._refuse(conn, error_response(408, "Request Timeout"))
        else:
            self.drop(conn)

    def _refuse(self, conn: Connection, response: bytes) -> None:
        self.stop_waiting(conn)
        with suppress(OSError):
            conn.sock.sendall(response)
        self._linger(conn)

    def _linger(self, conn: Connection) -> None:
        conn.expect_request(b"")
        conn.is_lingering = True
        try:
            conn.sock.shutdown(SHUT_WR)
        except OSError:
            self.drop(conn)
            return
        deadline = time.monotonic() + _LINGER_SECONDS
        self.wait(conn, selectors.EVENT_READ, self._discard, deadline)

    def _discard(self, conn: Connection) -> None:
        size = len(conn.sock.recv(65_536))
        conn.discarded += size
        if not size or conn.discarded > _LINGER_BYTES:
            self.drop(conn)

    # The end.

    def set_accept_enabled(self, enabled: bool) -> None:
        """When stopping, refuse new connections instead of letting them hang."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                listener.close()
