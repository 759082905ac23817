"""Sending without waiting for the client: what it does not take is kept for the main loop."""

from __future__ import annotations

import errno
import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

#: Seconds in which a client must take something of its response, however little.
SEND_SECONDS = 30.0
#: How much of a response is kept in memory. The thread of a longer one waits for the client.
ROOM = 256 * 1024
#: How much of a response the kernel keeps unsent. Its own limit is several megabytes.
_KERNEL_ROOM = 128 * 1024
_NOTSENT_LOWAT = getattr(socket, "TCP_NOTSENT_LOWAT", 25)
#: So much is sent in one go before other connections have their turn.
_PIECE, _PIECES = 256 * 1024, 16


class ClientSocket(socket.socket):
    """A connection that gunicorn writes to as if it were blocking. It never reads from it."""

    def __init__(self, accepted: socket.socket, slow_readers: SlowReaders) -> None:
        super().__init__(fileno=accepted.detach())
        self.setblocking(False)
        self._limit_unsent(_KERNEL_ROOM)
        self._slow_readers = slow_readers
        self._parts: deque[_Bytes | _File] = deque()
        #: How much memory the unsent part of the response takes.
        self.kept_bytes = 0

    def setblocking(self, flag: bool) -> None:
        super().setblocking(False)

    def _limit_unsent(self, size: int) -> None:
        """Let the kernel call the connection writable while it has fewer bytes to send."""
        if self.family in (socket.AF_INET, socket.AF_INET6):
            self.setsockopt(socket.IPPROTO_TCP, _NOTSENT_LOWAT, size)

    def wait_until_sent(self, is_waiting: bool) -> None:
        """While waiting, be writable only when everything has been sent."""
        self._limit_unsent(1 if is_waiting else _KERNEL_ROOM)

    @property
    def has_unsent(self) -> bool:
        return bool(self._parts)

    def sendall(self, data: Any, flags: int = 0) -> None:
        if data:
            self._parts.append(_Bytes(data))
            self.kept_bytes += len(data)
            self.flush()
        if self.kept_bytes > ROOM:
            self._slow_readers.wait_for(self)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        assert count is not None  # gunicorn knows it
        self._parts.append(_File(os.dup(file.fileno()), offset, count))
        self.flush()
        return count

    def flush(self) -> bool:
        """Send what the client takes; return whether it was anything. Raise OSError if it left."""
        sent = 0
        for _ in range(_PIECES):
            if not self._parts:
                break
            part = self._parts[0]
            before = part.memory
            try:
                sent += part.send(self)
            except BlockingIOError:
                break
            self.kept_bytes -= before - part.memory
            if part.is_sent:
                self._parts.popleft().close()
        return sent > 0

    def send_bytes(self, data: memoryview) -> int:
        return super().send(data)

    def close(self) -> None:
        while self._parts:
            self._parts.popleft().close()
        super().close()


class _Bytes:
    def __init__(self, data: Any) -> None:
        self._left = memoryview(data)

    @property
    def memory(self) -> int:
        return len(self._left)

    @property
    def is_sent(self) -> bool:
        return not self._left

    def send(self, client: ClientSocket) -> int:
        sent = client.send_bytes(self._left[:_PIECE])
        self._left = self._left[sent:]
        return sent

    def close(self) -> None:
        self._left.release()


class _File:
    memory = 0

    def __init__(self, descriptor: int, offset: int, count: int) -> None:
        self._descriptor, self._offset, self._left = descriptor, offset, count

    @property
    def is_sent(self) -> bool:
        return self._left <= 0

    def send(self, client: ClientSocket) -> int:
        if self.is_sent:
            return 0
        count = min(self._left, _PIECE)
        sent = os.sendfile(client.fileno(), self._descriptor, self._offset, count)
        if not sent:
            raise BrokenPipeError(errno.EPIPE, "the file became shorter")
        self._offset += sent
        self._left -= sent
        return sent

    def close(self) -> None:
        os.close(self._descriptor)


class SlowReaders:
    """The threads that wait for clients to take more of a long response.

    When they are too many, the one whose client took nothing for longest is cut off.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._last_progress: dict[ClientSocket, float] = {}
        self._lock = threading.Lock()

    def wait_for(self, client: ClientSocket) -> None:
        """Return when so little is left that it can be kept.

        Raise OSError if the client stops or the connection is closed meanwhile.
        """
        with self._place_for(client):
            poll = select.poll()
            poll.register(client, select.POLLOUT)
            while client.kept_bytes > ROOM:
                if client.fileno() < 0 or not poll.poll(SEND_SECONDS * 1000):
                    raise BrokenPipeError(errno.EPIPE, "the client stopped reading")
                if client.flush():
                    self._note_progress(client)

    def _note_progress(self, client: ClientSocket) -> None:
        with self._lock:
            if client in self._last_progress:  # else it is about to be cut off
                self._last_progress[client] = time.monotonic()

    @contextmanager
    def _place_for(self, client: ClientSocket) -> Iterator[None]:
        with self._lock:
            if len(self._last_progress) >= self._limit:
                slowest = min(self._last_progress, key=self._last_progress.__getitem__)
                del self._last_progress[slowest]
                with suppress(OSError):  # it has just left
                    slowest.shutdown(socket.SHUT_RDWR)
            self._last_progress[client] = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._last_progress.pop(client, None)
