"""Conversion of untrusted image files into safe PNGs, in a restricted child process."""

import signal
import struct
import subprocess
import sys
from pathlib import Path

from django.utils.translation import gettext_noop

from config.egress.deadline import Deadline
from config.images.slots import FairSlots

_CHILD = Path(__file__).with_name("decoder_process.py")
#: On a busy machine; the child itself stops after five seconds of computing.
_MAX_SECONDS = 30.0
#: Each child may use a gigabyte, so more at once could exhaust the server's memory.
_children = FairSlots(2)

_UNSUPPORTED = gettext_noop("the file is not a supported image (JPEG, PNG, GIF or WebP)")
_TOO_LARGE = gettext_noop("the image is larger than 40 megapixels")
_DAMAGED = gettext_noop("the image is damaged")
_TOO_SLOW = gettext_noop("the image takes too long to decode")
#: Exit statuses of the child, defined there; any other one means a damaged file.
_DETAILS = {3: _UNSUPPORTED, 4: _TOO_LARGE, 6: _TOO_SLOW, -signal.SIGXCPU: _TOO_SLOW}


class UndecodableImage(Exception):
    """The file is not a usable image; `detail` is one of four sentences for partners."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    @property
    def is_costly(self) -> bool:
        """Return whether decoding was begun, which an attacker could repeat for nothing."""
        return self.detail in (_DAMAGED, _TOO_SLOW)


def decode_image(source: Path, target: Path, *, owner: str, deadline: Deadline) -> tuple[int, int]:
    """Write the image in `source` to `target` as an upright RGB or RGBA PNG without metadata.

    JPEG, PNG, GIF (first frame) or WebP of at most 40 megapixels, recognized by content. Each
    `owner` decodes one image at a time. Raises `UndecodableImage`, or `DeadlineExceeded`; then
    there is no file at `target`.
    """
    try:
        with _children.hold(owner, deadline):
            _run_child(source, target, deadline)
        return _read_size(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


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
            raise UndecodableImage(_TOO_SLOW) from error
    if status != 0:
        raise UndecodableImage(_DETAILS.get(status, _DAMAGED))


def _read_size(png: Path) -> tuple[int, int]:
    """Read width and height from the PNG's header."""
    with png.open("rb") as file:
        width, height = struct.unpack(">16xII", file.read(24))
    return width, height
