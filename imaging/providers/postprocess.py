"""Fit a model's output to the exact size and shrink its inputs to what it accepts."""

import base64
import io
import os
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from config.egress.deadline import Deadline, DeadlineExceeded
from imaging.providers.base import GenerationFailed
from imaging.sizes import Size

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_PIXELS = 64_000_000

#: Level 6, the default, takes three times as long for a file at most a tenth smaller.
PNG_COMPRESSION = 3

#: Four inputs of 3 MB in base64 stay under the 20 MB that Gemini takes in one request.
MAX_UPLOAD_BYTES = 3_000_000
MAX_UPLOAD_EDGE = 2048

#: Pixels of a square: the largest tile of the dashboard's gallery.
THUMBNAIL_EDGE = 200
_THUMBNAIL_QUALITY = 60

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

#: Everything that Pillow's three decoders raise on damaged files.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)

#: Decoding needs 4 bytes a pixel: more images at once than cores would only cost memory.
_cores = threading.BoundedSemaphore(os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Upload:
    """An encoded image and its media type."""

    data: bytes
    media_type: str

    def base64(self) -> str:
        return base64.b64encode(self.data).decode()


def fit_png(data: bytes, size: Size, *, deadline: Deadline | None = None) -> bytes:
    """Convert `data` (PNG, JPEG or WebP) to a PNG of exactly `size`.

    A PNG of that size is checked and returned unchanged. Anything else is
    scaled to cover the size and cropped around its centre. Raises `GenerationFailed` if it is
    unreadable or over 64 megapixels, `DeadlineExceeded` if no core was free in time.
    """
    try:
        if _png_size(data) == size:
            Image.open(io.BytesIO(data), formats=["PNG"]).verify()
            return data
        with _one_core(deadline):
            return _refit(data, size)
    except _UNREADABLE as error:
        raise GenerationFailed("the provider's image is unreadable") from error


def shrink_upload(path: Path, *, deadline: Deadline | None = None) -> Upload:
    """Read the PNG at `path` for a model: unchanged up to 3 MB, otherwise scaled down to
    2048 pixels and encoded as JPEG, or as WebP where it has transparency."""
    if path.stat().st_size <= MAX_UPLOAD_BYTES:
        return Upload(path.read_bytes(), "image/png")
    with _one_core(deadline), Image.open(path, formats=["PNG"]) as image:
        return _encode_small(image)


def make_thumbnail(png: bytes, *, deadline: Deadline | None = None) -> bytes:
    """Return the centre of a PNG as a small square WebP. Raises as `fit_png` does."""
    edges = (THUMBNAIL_EDGE, THUMBNAIL_EDGE)
    try:
        with _one_core(deadline), Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            small = ImageOps.fit(image.convert(_colour_mode(image)), edges)
            return _encode(small, "WEBP", quality=_THUMBNAIL_QUALITY)
    except _UNREADABLE as error:
        raise GenerationFailed("the image is unreadable") from error


def _png_size(data: bytes) -> Size | None:
    if len(data) < 24 or not data.startswith(_PNG_SIGNATURE):
        return None
    return Size(*struct.unpack(">II", data[16:24]))


@contextmanager
def _one_core(deadline: Deadline | None) -> Iterator[None]:
    if not _cores.acquire(timeout=None if deadline is None else deadline.remaining()):
        raise DeadlineExceeded
    try:
        yield
    finally:
        _cores.release()


def _refit(data: bytes, size: Size) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise GenerationFailed("the provider's image is too large")
        fitted = ImageOps.fit(
            image.convert(_colour_mode(image)),
            (size.width, size.height),
            Image.Resampling.LANCZOS,
        )
    return _encode(fitted, "PNG", compress_level=PNG_COMPRESSION)


def _encode_small(image: Image.Image) -> Upload:
    image.thumbnail((MAX_UPLOAD_EDGE, MAX_UPLOAD_EDGE), Image.Resampling.LANCZOS)
    small = image.convert(_colour_mode(image))
    if small.mode == "RGBA":
        return Upload(_encode(small, "WEBP", quality=90), "image/webp")
    return Upload(_encode(small, "JPEG", quality=92), "image/jpeg")


def _colour_mode(image: Image.Image) -> str:
    return "RGBA" if image.has_transparency_data else "RGB"


def _encode(image: Image.Image, file_format: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()
