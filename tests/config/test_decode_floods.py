"""Files that were made to take forever are refused before anything is decoded."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import zlib

import pytest
from PIL import Image

from config.images import decoder_process
from config.images.decoder_process import MAX_PARTS, MAX_SCANS
from tests.config.decoder_images import TOO_SLOW, DecoderSandbox, chunk, encode, half_red, png

PIXEL = chunk(b"IDAT", zlib.compress(bytes(4)))


def jpeg_with_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan is repeated."""
    data = encode(half_red(), "JPEG", progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    repeated = count - data.count(b"\xff\xda")
    return data[:-2] + scan * repeated + data[-2:]


def jpeg_with_comments(count: int) -> bytes:
    data = encode(half_red(), "JPEG")
    return data[:2] + b"\xff\xfe\x00\x02" * count + data[2:]


def gif_with_blocks(count: int, block: bytes) -> bytes:
    data = encode(half_red(), "GIF")
    start = data.index(b",")
    return data[:start] + block * count + data[start:]


def webp_with_chunks(count: int) -> bytes:
    body = encode(half_red(), "WEBP")[12:] + b"junk\0\0\0\0" * count
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


@pytest.mark.parametrize(
    "data",
    [
        jpeg_with_scans(MAX_SCANS + 1),
        jpeg_with_comments(MAX_PARTS),
        png(1, 1, *[chunk(b"teXt", b"")] * MAX_PARTS, PIXEL),
        gif_with_blocks(MAX_PARTS, b"!\xfe\x01x\x00"),
        gif_with_blocks(1, b"!\xfe" + b"\x01x" * MAX_PARTS + b"\x00"),
        gif_with_blocks(MAX_PARTS, b"\x00x"),
        webp_with_chunks(MAX_PARTS),
    ],
    ids=["scans", "comments", "chunks", "GIF comments", "GIF sub-blocks", "GIF junk", "WebP"],
)
def test_a_flood_of_parts_is_refused(data: bytes, sandbox: DecoderSandbox) -> None:
    assert sandbox.error(data) == TOO_SLOW


def _animation(file_format: str) -> bytes:
    frames = [Image.new("RGB", (8, 8), (number, 0, 0)) for number in range(255)]
    stream = io.BytesIO()
    frames[0].save(stream, file_format, save_all=True, append_images=frames[1:])
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        jpeg_with_scans(MAX_SCANS),
        # What phones append: a video, in which every byte sequence occurs.
        encode(half_red(), "JPEG") + b"\xff\xda" * 5000 + os.urandom(1_000_000),
        jpeg_with_comments(5000),
        # A PNG of 50 MB from libpng.
        png(1, 1, *[chunk(b"teXt", b"")] * 6_400, PIXEL),
        _animation("GIF"),
        _animation("WEBP"),
        _animation("PNG"),
    ],
    ids=["scans", "motion photo", "comments", "chunks", "GIF", "WebP", "APNG"],
)
def test_files_as_they_really_come_are_decoded(data: bytes, sandbox: DecoderSandbox) -> None:
    assert sandbox.decode(data).size in {(40, 20), (8, 8), (1, 1)}


@pytest.mark.slow
def test_the_child_is_stopped_after_five_seconds_of_computing() -> None:
    program = "import runpy, sys; runpy.run_path(sys.argv[1])['limit_self']()\nwhile True: pass"
    command = [sys.executable, "-I", "-c", program, decoder_process.__file__]

    assert subprocess.run(command, check=False).returncode == -signal.SIGXCPU
