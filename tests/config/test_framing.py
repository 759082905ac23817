"""A request is recognized as complete however it is cut into packets."""

from __future__ import annotations

import pytest

from config.edge.framing import MAX_BODY, Frame

POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

COMPLETE = {
    "no body": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "an empty body": POST + b"Content-Length: 0\r\n\r\n",
    "a length": POST + b"content-length:5\r\nX-A: b\r\n\r\nhello",
    "a length and an end of headers in the body": POST + b"Content-Length: 6\r\n\r\n\r\n\r\n!!",
    "chunks": CHUNKED + b"5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
    "chunks that look like the last one": CHUNKED + b"7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n",
    "chunks and trailers": CHUNKED + b"1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n",
}


@pytest.mark.parametrize("data", COMPLETE.values(), ids=COMPLETE.keys())
def test_a_request_is_complete_with_its_last_byte(data: bytes) -> None:
    frame, received = Frame(), bytearray()
    for byte in data[:-1]:
        received.append(byte)
        assert not frame.is_complete(received), bytes(received)
    received.append(data[-1])

    assert frame.is_complete(received)
    assert not frame.is_cut
    assert Frame().is_complete(bytearray(data + b"GET / HTTP/1.1\r\n"))


NOT_AWAITED = {
    "a body that is too long": POST + b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 1),
    "a length beyond all bounds": POST + b"Content-Length: 9" + b"0" * 5000 + b"\r\n\r\n",
    "a file": POST + b"Content-Type: multipart/form-data; boundary=a\r\nContent-Length: 9\r\n\r\n",
    "files in chunks": CHUNKED[:-2] + b"content-type:Multipart/mixed\r\n\r\n5\r\nhel",
    "a chunk without a size": CHUNKED + b"\r\nhello",
    "a chunk of a negative size": CHUNKED + b"-5\r\nhello",
    "a chunk size without an end": CHUNKED + b"1" * 10_000,
    "trailers without an end": CHUNKED + b"0\r\n" + b"X-A: b\r\n" * 10_000,
    "too many chunks": CHUNKED + b"1\r\na\r\n" * 10_001,
    "chunks that are too long": CHUNKED + b"fffffff\r\n" + b"a" * (2 * MAX_BODY),
}


@pytest.mark.parametrize("data", NOT_AWAITED.values(), ids=NOT_AWAITED.keys())
def test_a_body_that_will_be_refused_is_not_waited_for(data: bytes) -> None:
    frame = Frame()

    assert frame.is_complete(bytearray(data))
    assert frame.is_cut


def test_a_body_is_asked_for_only_if_it_is_waited_for() -> None:
    expecting = POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    for length, is_expected in [(5, True), (0, False), (MAX_BODY + 1, False)]:
        frame = Frame()
        frame.is_complete(bytearray(expecting % length))
        assert frame.expects_continue == is_expected, length

    old = Frame()
    old.is_complete(bytearray((expecting % 5).replace(b"HTTP/1.1", b"HTTP/1.0")))
    assert not old.expects_continue
