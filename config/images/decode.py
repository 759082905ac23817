"""Turns an untrusted image file into a safe PNG, in a child process with limited resources."""

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
#: Each child may take a gigabyte: more at once would cost the server its memory.
_children = threading.BoundedSemaphore(2)

_UNSUPPORTED = "the file is not a supported image (JPEG, PNG, GIF or WebP)"
_TOO_LARGE = "the image is larger than 40 megapixels"
_DAMAGED = "the image is damaged"
#: The child's exit statuses, defined there; any other end of it means damage.
_DETAILS = {3: _UNSUPPORTED, 4: _TOO_LARGE}


class UndecodableImage(Exception):
    """The file gives no image; `detail` is one of three sentences, fit for a partner."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


def decode_image(source: Path, target: Path, *, deadline: Deadline) -> tuple[int, int]:
    """Write the image in `source` to `target` as a PNG, RGB or RGBA, upright, without metadata.

    JPEG, PNG, GIF (its first frame) or WebP of at most 40 megapixels, recognised by content. Raises
    `UndecodableImage`, or `DeadlineExceeded` when time is up; then there is no file at `target`.
    """
    try:
        with _one_of_the_children(deadline):
            _run_child(source, target, deadline)
        return _read_size(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


@contextmanager
def _one_of_the_children(deadline: Deadline) -> Iterator[None]:
    if not _children.acquire(timeout=deadline.remaining()):
        raise DeadlineExceeded
    try:
        yield
    finally:
        _children.release()


def _run_child(source: Path, target: Path, deadline: Deadline) -> None:
    """The child gets two open files and neither a path nor a variable of our environment."""
    with source.open("rb") as reading, target.open("wb") as writing:
        try:
            status = subprocess.run(
                [sys.executable, "-I", str(_CHILD)],
                stdin=reading,
                stdout=writing,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
                timeout=deadline.sooner(_MAX_SECONDS).remaining(),
                check=False,
            ).returncode
        except subprocess.TimeoutExpired as error:
            deadline.remaining()
            raise UndecodableImage(_DAMAGED) from error
    if status != 0:
        raise UndecodableImage(_DETAILS.get(status, _DAMAGED))


def _read_size(png: Path) -> tuple[int, int]:
    """From the header that the child wrote: signature, chunk head, then width and height."""
    with png.open("rb") as file:
        width, height = struct.unpack(">16xII", file.read(24))
    return width, height
