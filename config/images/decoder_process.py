"""The child process that decodes an untrusted image from standard input to a PNG on standard
output.

Run as a program by `config.images.decode`, never imported. It first limits its own memory, time,
files and processes, so that a vulnerability in an image codec gains little. The result is its exit
status; any other end (a signal, a traceback) means a damaged file.
"""

import copy
import io
import re
import resource
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import IO

from PIL import Image, ImageCms, ImageFile, PngImagePlugin, TiffImagePlugin
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

MAX_PIXELS = 40_000_000
UNSUPPORTED = 3
TOO_LARGE = 4
DAMAGED = 5
TOO_SLOW = 6

#: Scans of a progressive JPEG, each of which goes over all pixels; encoders make about ten.
MAX_SCANS = 100
#: Segments, chunks or blocks, each of which costs time of its own however small it is. A PNG of
#: 50 MB in the usual chunks of 8 KB has 6,400.
MAX_PARTS = 20_000

#: A WebP of 40 megapixels needs most: several canvases with four bytes per pixel.
_MEMORY = 1_200_000_000
_CPU_SECONDS = 5
_OUTPUT_BYTES = 200_000_000

#: Of a JPEG: neither data, whose 0xFF is followed by zero, nor a restart within it.
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_GIF_EXTENSION, _GIF_FRAME = 0x21, 0x2C

#: Pillow imports these on demand, which is no longer possible after `limit_self`.
_LOADED_EARLY = (copy, TiffImagePlugin)

#: Of a PNG: size, palette, pixels, end, transparency, profile, orientation.
_USED_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"iCCP", b"eXIf"}
#: Bytes; profiles of presses have up to 3 MB.
_MAX_PROFILE = 16_000_000

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


class PixelStream(PngImagePlugin.PngStream):
    """Skips the chunks of a PNG that do not change its look: a broken text breaks no image."""

    def call(self, cid: bytes, pos: int, length: int) -> bytes:
        if cid not in _USED_CHUNKS:
            raise AttributeError  # Pillow's word for a chunk to skip
        return super().call(cid, pos, length)

    def chunk_iCCP(self, pos: int, length: int) -> bytes:  # noqa: N802 - the chunk's name
        assert self.fp
        data: bytes = ImageFile._safe_read(self.fp, length)  # noqa: SLF001 - as its methods do
        compressed = data.partition(b"\x00")[2][1:]
        with suppress(zlib.error):
            profile = zlib.decompressobj().decompress(compressed, _MAX_PROFILE)
            self.im_info["icc_profile"] = profile
        return data


def main() -> int:
    PngImagePlugin.PngStream = PixelStream  # type: ignore[misc]
    limit_self()
    Image.MAX_IMAGE_PIXELS = None  # one limit, below; Pillow's own would look like damage
    codec = choose_codec(sys.stdin.buffer)
    if codec is None:
        return UNSUPPORTED
    try:
        if has_too_many_parts(sys.stdin.buffer, codec):
            return TOO_SLOW
        image = codec(sys.stdin.buffer)
        if image.width * image.height > MAX_PIXELS:
            return TOO_LARGE
        flatten(image).save(sys.stdout.buffer, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
        sys.stdout.buffer.flush()
    except Exception:  # noqa: BLE001 - any fault of a codec means damage
        return DAMAGED
    return 0


def limit_self() -> None:
    """Set the limits. No file can be opened afterwards, so all modules must be imported before."""
    Image.preinit()
    for kind, limit in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_FSIZE, _OUTPUT_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    # At the soft limit SIGXCPU tells the parent why; the hard limit would send SIGKILL.
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS + 1))


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


def has_too_many_parts(file: IO[bytes], codec: type[ImageFile.ImageFile]) -> bool:
    """Return whether the file was made to take forever, without decoding anything."""
    data = file.read()
    file.seek(0)
    parts = list(islice(_PARTS[codec](data), MAX_PARTS + 1))
    scans = parts.count(_START_OF_SCAN) if codec is JpegImageFile else 0
    return len(parts) > MAX_PARTS or scans > MAX_SCANS


def jpeg_segments(data: bytes) -> Iterator[int]:
    """Yield the markers up to the end of the image, which a video or another image may follow."""
    position = 2
    while match := _MARKER.search(data, position):
        marker, position = match[0][-1], match.end()
        if marker == _END_OF_IMAGE:
            return
        yield marker
        position += int.from_bytes(data[position : position + 2], "big")


def png_chunks(data: bytes) -> Iterator[int]:
    position = 8
    while position < len(data):
        yield position
        position += 12 + int.from_bytes(data[position : position + 4], "big")


def gif_blocks(data: bytes) -> Iterator[int]:
    """Yield the positions of blocks, and of bytes between them, before the first frame."""
    position = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while position < len(data) and data[position] != _GIF_FRAME:
        yield position
        is_extension = data[position] == _GIF_EXTENSION
        position += 2 if is_extension else 1
        while is_extension and position < len(data) and data[position]:
            yield position
            position += 1 + data[position]


def webp_chunks(data: bytes) -> Iterator[int]:
    position = 12
    while position < len(data):
        yield position
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        position += 8 + size + size % 2


_PARTS: dict[type[ImageFile.ImageFile], Callable[[bytes], Iterator[int]]] = {
    JpegImageFile: jpeg_segments,
    PngImageFile: png_chunks,
    GifImageFile: gif_blocks,
    WebPImageFile: webp_chunks,
}


def flatten(image: Image.Image) -> Image.Image:
    """Return the first frame, upright, as RGB or RGBA without metadata."""
    image.load()
    orientation, profile = read_orientation(image), image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits, which a plain conversion clips to 255
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    image = to_srgb(image, profile)
    if orientation in _UPRIGHT:
        image = image.transpose(_UPRIGHT[orientation])
    image.info.clear()
    return image


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert to RGB or RGBA in sRGB; a profile that is damaged or of other colours is ignored."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode not in ("L", "CMYK"):  # the modes of grey and CMYK profiles
        image = image.convert(mode)
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile or b""))
        if "sRGB" not in ImageCms.getProfileDescription(source):
            image = convert_colours(image, source)
    except Exception:  # noqa: BLE001, S110 - the pixels are usable without it
        pass
    return image.convert(mode)


def convert_colours(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(
        image.convert("RGB") if image.mode == "RGBA" else image,
        source,
        ImageCms.createProfile("sRGB"),
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert converted
    if image.mode == "RGBA":
        converted.putalpha(image.getchannel("A"))
    return converted


def read_orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 if the EXIF data is damaged."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - any fault of a codec means damage
        return 1


if __name__ == "__main__":
    sys.exit(main())
