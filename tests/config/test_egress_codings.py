"""Downloads with a Content-Encoding."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest

from config.egress import EgressError, download
from config.egress.deadline import Deadline
from tests.servers import Reply, serve

_UNREADABLE = "the server's response could not be read"

pytestmark = pytest.mark.usefixtures("only_loopback")


def _download(url: str, to: Path) -> int:
    return download(url, to=to, max_bytes=2**20, deadline=Deadline.after(60), allow_loopback=True)


def _error(url: str, to: Path) -> str:
    with pytest.raises(EgressError) as caught:
        _download(url, to)
    assert not to.exists()
    return caught.value.detail


def _deflate_raw(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("binary", b"abc" * 50_000),
        ("utf-8", b"abc" * 50_000),
        ("none", b"abc" * 50_000),
        ("", b"abc" * 50_000),
        ("gzip", gzip.compress(b"abc" * 50_000, mtime=0)),
        ("X-GZIP", gzip.compress(b"abc" * 50_000, mtime=0)),
        ("deflate", zlib.compress(b"abc" * 50_000)),
        ("deflate", _deflate_raw(b"abc" * 50_000)),
        ("deflate, gzip", gzip.compress(zlib.compress(b"abc" * 50_000), mtime=0)),
        ("identity, binary", b"abc" * 50_000),
    ],
)
def test_codings_are_undone_and_words_that_are_none_ignored(
    coding: str, body: bytes, target: Path
) -> None:
    with serve(lambda request: Reply(body=body, headers={"Content-Encoding": coding})) as server:
        assert _download(server.url, target) == 150_000
    assert target.read_bytes() == b"abc" * 50_000


def test_the_limit_is_of_the_unpacked_file(target: Path) -> None:
    bomb = gzip.compress(bytes(10 * 2**20))
    with serve(lambda request: Reply(body=bomb, headers={"Content-Encoding": "gzip"})) as server:
        assert _error(server.url, target) == "the file is larger than 1 MB"


@pytest.mark.parametrize("body", [b"abc", b"", gzip.compress(b"abc" * 900, mtime=0)[:-9]])
def test_a_damaged_coding_is_rejected(body: bytes, target: Path) -> None:
    with serve(lambda request: Reply(body=body, headers={"Content-Encoding": "gzip"})) as server:
        assert _error(server.url, target) == _UNREADABLE


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br"])
def test_a_coding_that_is_not_undone_is_named(coding: str, target: Path) -> None:
    name = coding.rsplit(maxsplit=1)[-1]
    with serve(lambda request: Reply(body=b"a", headers={"Content-Encoding": coding})) as server:
        assert _error(server.url, target) == (
            f"the server compressed the file with {name}, which is not supported"
        )
