"""Response heads as servers really send them.

`http.client` takes an informational response such as 102 or 103 for the final one, which RFC 9110
(section 15.2) does not, and gives up at 100 header lines. Here the bytes are limited instead.
"""

from __future__ import annotations

import http.client
from http.client import HTTPException, HTTPResponse
from typing import Any

_MAX_HEAD_BYTES = 256 * 1024
_MAX_INTERIM = 16
_SWITCHING_PROTOCOLS = 101

# The library has no other way to lift its limit; `_BoundedHead` limits what it reads.
http.client._MAXHEADERS = _MAX_HEAD_BYTES  # type: ignore[attr-defined]  # noqa: SLF001 - see above


class FinalResponse(HTTPResponse):
    """Skips a bounded number of informational responses, within a bounded number of bytes."""

    def begin(self) -> None:
        """Raise `HTTPException`."""
        if self.headers is not None:
            return
        stream = self.fp
        self.fp = _BoundedHead(stream)
        try:
            for _ in range(_MAX_INTERIM):
                super().begin()
                if not _is_interim(self.status):
                    return
                self.headers = self.msg = None
            raise HTTPException("too many informational responses")
        finally:
            if self.fp is not None:
                self.fp = stream


class _BoundedHead:
    """The stream of a response while its head is read."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._left = stream, _MAX_HEAD_BYTES
        self.close = stream.close

    def readline(self, size: int = -1) -> bytes:
        line: bytes = self._stream.readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise HTTPException("the head is too long")
        return line


def _is_interim(status: int) -> bool:
    return 100 <= status < 200 and status != _SWITCHING_PROTOCOLS
