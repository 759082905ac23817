"""Images for the decoder's tests, and a folder to decode them in."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from config.egress.deadline import Deadline
from config.images.decode import UndecodableImage, decode_image

UNSUPPORTED = "the file is not a supported image (JPEG, PNG, GIF or WebP)"
TOO_LARGE = "the image is larger than 40 megapixels"
DAMAGED = "the image is damaged"
TOO_SLOW = "the image takes too long to decode"

RED, BLUE = (255, 0, 0), (0, 0, 255)


def encode(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def half_red(width: int = 40, height: int = 20) -> Image.Image:
    """Return an image that is red on the left and blue on the right."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height))
    return image


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def deflated_zeros(millions: int) -> bytes:
    """Return what zlib makes of millions of zeros: the first, compressed, again and again."""
    deflate = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    million = deflate.compress(bytes(1_000_000)) + deflate.flush(zlib.Z_FULL_FLUSH)
    checksum = struct.pack(">HH", millions * 1_000_000 % 65_521, 1)
    return b"\x78\xda" + million * millions + deflate.flush() + checksum


class DecoderSandbox:
    def __init__(self, folder: Path) -> None:
        self.source = folder / "source"
        self.target = folder / "target"

    def decode(self, data: bytes, *, seconds: float = 60) -> Image.Image:
        self.source.write_bytes(data)
        deadline = Deadline.after(seconds)
        size = decode_image(self.source, self.target, owner="partner", deadline=deadline)
        with Image.open(self.target, formats=["PNG"]) as image:
            assert image.size == size
            image.load()
            return image

    def error(self, data: bytes) -> str:
        with pytest.raises(UndecodableImage) as caught:
            self.decode(data)
        assert not self.target.exists()
        return caught.value.detail
