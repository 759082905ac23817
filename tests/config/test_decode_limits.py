"""Limits of decoding: pixels, memory, time, files and environment."""

import struct
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from config.egress.deadline import DeadlineExceeded
from config.images import decoder_process
from tests.config.decoder_images import (
    TOO_LARGE,
    DecoderSandbox,
    chunk,
    deflated_zeros,
    encode,
    half_red,
    png,
)
from tests.waiting import SOON


def _gif(width: int, height: int, frame_width: int, frame_height: int) -> bytes:
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0)
    frame = b"," + struct.pack("<HHHHB", 0, 0, frame_width, frame_height, 0)
    return screen + frame + b"\x02\x02\x44\x01\x00;"


@pytest.mark.parametrize(
    "data",
    [
        png(40_001, 1_000, chunk(b"IDAT", b"")),
        png(2**31 - 1, 2**31 - 1, chunk(b"IDAT", b"")),
        _gif(65535, 65535, 1, 1),
        _gif(1, 1, 65535, 65535),
    ],
    ids=["just over", "largest PNG", "huge GIF", "small GIF with a huge frame"],
)
def test_more_than_40_megapixels_are_rejected(data: bytes, sandbox: DecoderSandbox) -> None:
    assert sandbox.error(data) == TOO_LARGE


def test_exactly_40_megapixels_pass(sandbox: DecoderSandbox) -> None:
    image = sandbox.decode(encode(Image.new("L", (8000, 5000), 200), "PNG", compress_level=1))
    assert image.size == (8000, 5000)


def _memory_of_child(source: Path) -> tuple[int, int]:
    """Return the exit status of a decoder on `source`, and its peak memory in bytes."""
    probe = (
        "import os, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-I', sys.argv[1]], stdin=open(sys.argv[2]),"
        " stdout=subprocess.DEVNULL)\n"
        "_, status, usage = os.wait4(child.pid, 0)\n"
        "os.write(1, b'%d %d' % (os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024))"
    )
    # A program between: a child's peak counts from that of the process that forks it.
    command = [sys.executable, "-I", "-c", probe, decoder_process.__file__, str(source)]
    status, memory = subprocess.run(command, capture_output=True, check=True).stdout.split()
    return int(status), int(memory)


def test_a_small_file_with_many_pixels_is_rejected_cheaply(tmp_path: Path) -> None:
    data = png(14_000, 14_000, chunk(b"IDAT", deflated_zeros(20)), colour=6)
    assert len(data) < 25_000
    source = tmp_path / "bomb.png"
    source.write_bytes(data)
    status, memory = _memory_of_child(source)
    assert status == decoder_process.TOO_LARGE
    assert memory < 100_000_000


@pytest.mark.parametrize(
    "beside",
    [
        chunk(b"zTXt", b"Comment\0\0" + deflated_zeros(300)),
        chunk(b"iTXt", b"Comment\0\1\0\0\0" + deflated_zeros(300)),
        chunk(b"iCCP", b"profile\0\0" + deflated_zeros(300)),
    ],
    ids=["text", "international text", "colour profile"],
)
def test_a_compressed_bomb_in_metadata_is_not_expanded(beside: bytes, tmp_path: Path) -> None:
    pixels = chunk(b"IDAT", zlib.compress(bytes(4)))
    source = tmp_path / "bomb.png"
    source.write_bytes(png(1, 1, beside, pixels))
    assert _memory_of_child(source)[1] < 120_000_000


@pytest.mark.parametrize(
    ("excess", "error"),
    [
        ("bytearray(1_300_000_000)", "MemoryError"),
        ("open('/dev/null')", "Too many open files"),
        ("socket.socket()", "Too many open files"),
    ],
)
def test_the_child_limits_its_resources(excess: str, error: str) -> None:
    program = f"import runpy, socket, sys; runpy.run_path(sys.argv[1])['limit_self'](); {excess}"
    command = [sys.executable, "-I", "-c", program, decoder_process.__file__]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert error in result.stderr


def test_the_child_does_not_inherit_the_environment(
    sandbox: DecoderSandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET_KEY", "a-well-kept-secret")
    spy = tmp_path / "python"
    spy.write_text(f'#!/bin/sh\nenv > "{tmp_path}/seen"\nexec "{sys.executable}" "$@"\n')
    spy.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(spy))
    sandbox.decode(encode(half_red(), "PNG"))
    assert "a-well-kept-secret" not in (tmp_path / "seen").read_text()


def test_the_deadline_kills_the_child(sandbox: DecoderSandbox) -> None:
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        sandbox.decode(encode(half_red(), "PNG"), seconds=0.01)
    assert time.monotonic() - started < SOON
    assert not sandbox.target.exists()


def test_concurrent_decodes_all_succeed(tmp_path: Path) -> None:
    data = encode(half_red(), "JPEG")
    sizes = []

    def decode(number: int) -> None:
        folder = tmp_path / str(number)
        folder.mkdir()
        sizes.append(DecoderSandbox(folder).decode(data).size)

    threads = [threading.Thread(target=decode, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [(40, 20)] * 6
