"""Content codings of downloads, undone chunk by chunk under the limit of the file's size."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

from config.egress.errors import UNREADABLE, EgressError, compressed

_CHUNK = 64 * 1024
#: The registered codings (RFC 9110, section 8.4.1, and IANA's list). Servers also send words that
#: are none, such as "binary" or "utf-8"; their files are what they are.
_UNPACKED = {"gzip", "x-gzip", "deflate"}
_REFUSED = {
    "br",
    "compress",
    "x-compress",
    "zstd",
    "dcb",
    "dcz",
    "exi",
    "aes128gcm",
    "pack200-gzip",
}


def decoded(chunks: Iterator[bytes], header: str) -> Iterator[bytes]:
    """Yield the chunks without the codings of a Content-Encoding header; raise `EgressError`."""
    codings = [name.strip().lower() for name in header.split(",")]
    if unknown := [name for name in codings if name in _REFUSED]:
        raise compressed(unknown[0])
    return _unpack(chunks, [name for name in codings if name in _UNPACKED])


def _unpack(chunks: Iterator[bytes], codings: Sequence[str]) -> Iterator[bytes]:
    for coding in reversed(codings):
        chunks = _inflate(chunks) if coding == "deflate" else _gunzip(chunks)
    return chunks


def _gunzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    return _run(zlib.decompressobj(16 + zlib.MAX_WBITS), chunks)


def _inflate(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Accept both what the standard asks for and raw deflate, which some servers send."""
    first = next(chunks, b"")
    is_zlib = len(first) > 1 and first[0] & 0x0F == 8 and int.from_bytes(first[:2]) % 31 == 0
    decoder = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
    yield from _run(decoder, (chunk for source in ((first,), chunks) for chunk in source))


def _run(decoder: zlib._Decompress, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """A few bytes can become gigabytes, so the caller sees, and counts, 64 KB at a time."""
    try:
        for chunk in chunks:
            waiting = chunk
            while waiting and not decoder.eof:
                yield decoder.decompress(waiting, _CHUNK)
                waiting = decoder.unconsumed_tail
        yield decoder.flush()
    except zlib.error as error:
        raise EgressError(UNREADABLE) from error
    if not decoder.eof:
        raise EgressError(UNREADABLE)
