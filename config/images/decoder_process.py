"""The child process that decodes an untrusted image from standard input to a PNG on standard
output.

Run as a program by `config.images.decode`, never imported. It first limits its own memory, time,
files and processes, so that a vulnerability in an image codec gains little. The result is its exit
status; any other end (a signal, a traceback) means a damaged file.
"""

import copy
import resource
import sys
from typing import IO

from PIL import Image, ImageFile, TiffImagePlugin
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

MAX_PIXELS = 40_000_000
UNSUPPORTED = 3
TOO_LARGE = 4
DAMAGED = 5

#: A WebP of 40 megapixels needs most: several canvases with four bytes per pixel.
_MEMORY = 1_200_000_000
_CPU_SECONDS = 20
_OUTPUT_BYTES = 200_000_000

#: Pillow imports these on demand, which is no longer possible after `limit_self`.
_LOADED_EARLY = (copy, TiffImagePlugin)

_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def main() -> int:
    limit_self()
    Image.MAX_IMAGE_PIXELS = None  # one limit, below; Pillow's own would look like damage
    codec = choose_codec(sys.stdin.buffer)
    if codec is None:
        return UNSUPPORTED
    try:
        image = codec(sys.stdin.buffer)
        if image.width * image.height > MAX_PIXELS:
            return TOO_LARGE
        flatten(image).save(sys.stdout.buffer, "PNG", compress_level=1)
        sys.stdout.buffer.flush()
    except Exception:  # noqa: BLE001 - any fault of a codec means damage
        return DAMAGED
    return 0


def limit_self() -> None:
    """Set the limits. No file can be opened afterwards, so all modules must be imported before."""
    Image.preinit()
    for kind, limit in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, _OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def choose_codec(file: IO[bytes]) -> type[ImageFile.ImageFile] | None:
    """Choose by the first bytes, so that none of Pillow's other codecs sees the file."""
    head = file.read(12)
    file.seek(0)
    if head.startswith(b"\xff\xd8\xff"):
        return JpegImageFile
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImageFile
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GifImageFile
    if head.startswith(b"RIFF") and head.endswith(b"WEBP"):
        return WebPImageFile
    return None


def flatten(image: Image.Image) -> Image.Image:
    """Return the first frame, upright, as RGB or RGBA without metadata."""
    image.load()
    orientation = read_orientation(image)
    if image.mode.startswith("I"):  # 16 bits, which a plain conversion clips to 255
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if orientation in _UPRIGHT:
        image = image.transpose(_UPRIGHT[orientation])
    image.info.clear()
    return image


def read_orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 if the EXIF data is damaged."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - any fault of a codec means damage
        return 1


if __name__ == "__main__":
    sys.exit(main())
