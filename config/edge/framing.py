"""Find out whether a request has arrived as a whole.

This only decides when the parser runs. The parser alone decides what a request means and refuses
what is malformed, so anything that makes no sense here counts as arrived.
"""

from __future__ import annotations

import re

#: Longer than any head that gunicorn accepts of an honest client.
MAX_HEAD = 64 * 1024
#: The longest body that an endpoint or a page accepts. The application refuses a longer one unread.
MAX_BODY = 1024 * 1024
_MAX_CHUNKS = 10_000
_MAX_CHUNK_LINE = 8 * 1024

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,20})", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_EXPECTATION = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
#: Its clients are not asked for a body (RFC 9110 section 10.1.1).
_OLD_VERSION = re.compile(rb"[^\r\n]* HTTP/1\.0\r\n")
#: A file upload, which no endpoint and no page accepts.
_MULTIPART = re.compile(rb"\r\ncontent-type:[ \t]*multipart/", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"([0-9a-f]{1,16})[ \t]*(?:;.*)?", re.IGNORECASE | re.DOTALL)


class Frame:
    """The extent of one request within the bytes of a connection. Each byte is scanned once."""

    def __init__(self) -> None:
        self.has_head = False
        #: Whether the client waits for "100 Continue" before it sends the body.
        self.expects_continue = False
        #: Whether the body was not waited for: it is too long, a file, or senseless.
        self.is_cut = False
        self._scanned = 0
        self._end = 0
        self._is_chunked = False
        self._chunks = 0

    def is_complete(self, data: bytearray) -> bool:
        """Return whether there is nothing more to wait for. `data` only ever grows."""
        if not self.has_head and not self._find_head(data):
            return False
        if self._is_chunked and not self.is_cut:
            return self._find_last_chunk(data)
        return self.is_cut or len(data) >= self._end

    def _find_head(self, data: bytearray) -> bool:
        position = data.find(b"\r\n\r\n", max(0, self._scanned - 3))
        self._scanned = len(data)
        if position < 0:
            return False
        self.has_head = True
        self._end = position + 4
        self._read_head(bytes(data[: self._end]))
        return True

    def _read_head(self, head: bytes) -> None:
        length = _LENGTH.search(head)
        self._is_chunked = bool(_CHUNKED.search(head))
        size = int(length[1]) if length else 0
        has_body = size > 0 or self._is_chunked
        self.is_cut = has_body and (size > MAX_BODY or bool(_MULTIPART.search(head)))
        is_asked = bool(_EXPECTATION.search(head)) and not _OLD_VERSION.match(head)
        self.expects_continue = has_body and not self.is_cut and is_asked
        if not self._is_chunked:
            self._end += size

    def _find_last_chunk(self, data: bytearray) -> bool:
        """Go from one chunk to the next; `_end` is where the next one begins."""
        while self._end < len(data):
            line_end = data.find(b"\r\n", self._end)
            if line_end < 0:
                return self._cut_if(len(data) - self._end > _MAX_CHUNK_LINE)
            size = _CHUNK_SIZE.fullmatch(data, self._end, line_end)
            self._chunks += 1
            if not size or self._chunks > _MAX_CHUNKS:
                return self._cut_if(True)
            if int(size[1], 16) == 0:
                is_complete = data.find(b"\r\n\r\n", line_end) >= 0
                return is_complete or self._cut_if(len(data) - line_end > MAX_HEAD)
            self._end = line_end + 2 + int(size[1], 16) + 2
        return self._cut_if(len(data) > MAX_HEAD + MAX_BODY)

    def _cut_if(self, is_cut: bool) -> bool:
        self.is_cut = is_cut
        return is_cut
