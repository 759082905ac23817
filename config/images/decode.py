"""Conversion of untrusted image files into safe PNGs, in a restricted child process."""

import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.egress.deadline import Deadline, DeadlineExceeded

_CHILD = Path(__file__).with_name("decoder_process.py")
_MAX_SECONDS = 20.0
#: Each child may use a gigabyte, so more at once could exhaust the server's memory.
_children = threading.BoundedSemaphore(2)

_UNSUPPORTED = "the file is not a supported image (JPEG, PNG, GIF or WebP)"
_TOO_LARGE = "the image is larger than 40 megapixels"
_DAMAGED = "the image is damaged"
#: Exit statuses of the child, defined there; any other one means a damaged file.
_DETAILS = {3: _UNSUPPORTED, 4: _TOO_LARGE}


class UndecodableImage(Exception):
    """The file is not a usable image; `detail` is one of three sentences for partners."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


def decode_image(source: Path, target: Path, *, deadline: Deadline) -> tuple[int, int]:
    """Write the image in `source` to `target` as an upright RGB or RGBA PNG without metadata.

    JPEG, PNG, GIF (first frame) or WebP of at most 40 megapixels, recognized by content. Raises
    `UndecodableImage`, or `DeadlineExceeded`; then there is no file at `target`.
    """
    try:
        with _child_slot(deadline):
            _run_child(source, target, deadline)
        return _read_size(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


@contextmanager
def _child_slot(deadline: Deadline) -> Iterator[None]:
    if not _children.acquire(timeout=deadline.remaining()):
        raise DeadlineExceeded
    try:
        yield
    finally:
        _children.release()


def _run_child(source: Path, target: Path, deadline: Deadline) -> None:
    """Give the child two open files, but no path and none of our environment."""
    with source.open("rb") as reading, target.open("wb") as writing:
        try:
            status = subprocess.run(
                [sys.executable, "-I", str(_CHILD)],
                stdin=reading,
                stdout=writing,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
                timeout=deadline.capped_at(_MAX_SECONDS).remaining(),
                check=False,
            ).returncode
        except subprocess.TimeoutExpired as error:
            deadline.remaining()
            raise UndecodableImage(_DAMAGED) from error
    if status != 0:
        raise UndecodableImage(_DETAILS.get(status, _DAMAGED))


def _read_size(png: Path) -> tuple[int, int]:
    """Read width and height from the PNG's header."""
    with png.open("rb") as file:
        width, height = struct.unpack(">16xII", file.read(24))
    return width, height
