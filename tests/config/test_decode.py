"""Decoding untrusted images into safe PNGs."""

import os
import zlib

import pytest
from PIL import Image, PngImagePlugin

from tests.config.decoder_images import (
    BLUE,
    DAMAGED,
    RED,
    UNSUPPORTED,
    DecoderSandbox,
    chunk,
    encode,
    half_red,
    png,
)


def _is_near(pixel: object, colour: tuple[int, ...]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(seen - wanted) < 30 for seen, wanted in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "GIF", "WEBP"])
def test_each_format_becomes_a_png(file_format: str, sandbox: DecoderSandbox) -> None:
    image = sandbox.decode(encode(half_red(), file_format))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (40, 20))
    assert _is_near(image.getpixel((5, 10)), RED)
    assert _is_near(image.getpixel((35, 10)), BLUE)


def test_cmyk_becomes_rgb(sandbox: DecoderSandbox) -> None:
    image = sandbox.decode(encode(half_red().convert("CMYK"), "JPEG"))
    assert image.mode == "RGB"
    assert _is_near(image.getpixel((5, 10)), RED)


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [
        ("1", 255, (255, 255, 255)),
        ("L", 77, (77, 77, 77)),
        ("LA", (77, 9), (77, 77, 77, 9)),
        ("RGBA", (1, 2, 3, 4), (1, 2, 3, 4)),
        ("I;16", 0x8012, (128, 128, 128)),
    ],
)
def test_all_png_modes_keep_their_appearance(
    mode: str, value: object, expected: tuple[int, ...], sandbox: DecoderSandbox
) -> None:
    data = encode(Image.new(mode, (3, 2), value), "PNG")  # type: ignore[arg-type]
    assert sandbox.decode(data).getpixel((1, 1)) == expected


def test_a_transparent_colour_becomes_an_alpha_channel(sandbox: DecoderSandbox) -> None:
    data = encode(half_red(), "PNG", transparency=RED)
    image = sandbox.decode(data)
    assert image.getpixel((5, 5)) == (*RED, 0)
    assert image.getpixel((35, 5)) == (*BLUE, 255)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (40, 20), (5, 10)),
        (2, (40, 20), (35, 10)),
        (3, (40, 20), (35, 10)),
        (4, (40, 20), (5, 10)),
        (5, (20, 40), (10, 5)),
        (6, (20, 40), (10, 5)),
        (7, (20, 40), (10, 35)),
        (8, (20, 40), (10, 35)),
        (99, (40, 20), (5, 10)),
    ],
)
def test_the_orientation_of_the_camera_is_applied(
    file_format: str,
    orientation: int,
    size: tuple[int, int],
    red_at: tuple[int, int],
    sandbox: DecoderSandbox,
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = sandbox.decode(encode(half_red(), file_format, exif=exif))
    assert image.size == size
    assert _is_near(image.getpixel(red_at), RED)


def test_broken_exif_is_ignored(sandbox: DecoderSandbox) -> None:
    data = encode(half_red(), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff" + b"\xff" * 40)
    assert sandbox.decode(data).size == (40, 20)


def test_only_the_first_frame_of_an_animation_is_kept(sandbox: DecoderSandbox) -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in (RED, BLUE)]
    for file_format in ("GIF", "WEBP", "PNG"):
        data = encode(frames[0], file_format, save_all=True, append_images=frames[1:])
        image = sandbox.decode(data)
        assert _is_near(image.getpixel((4, 4)), RED)
        assert getattr(image, "n_frames", 1) == 1


def test_no_metadata_survives(sandbox: DecoderSandbox) -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "secret words")
    notes.add_itxt("XML:com.adobe.xmp", "secret packet")
    data = encode(
        half_red(), "PNG", exif=exif, pnginfo=notes, icc_profile=b"secret profile", dpi=(72, 72)
    )
    assert data.count(b"secret") >= 3
    sandbox.decode(data)
    written = sandbox.target.read_bytes()
    assert b"secret" not in written
    assert all(kind not in written for kind in (b"tEXt", b"iTXt", b"iCCP", b"eXIf", b"pHYs"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"GIF88a" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"<html>" + encode(half_red(), "PNG"),
        b"RIFF\x00\x00\x00\x00WAVE",
        encode(half_red(), "BMP"),
        encode(half_red(), "TIFF"),
        encode(half_red(), "ICO"),
        encode(half_red(), "JPEG2000"),
        encode(half_red(), "AVIF"),
    ],
    ids=lambda data: repr(data[:12]),
)
def test_other_files_are_unsupported(data: bytes, sandbox: DecoderSandbox) -> None:
    assert sandbox.error(data) == UNSUPPORTED


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_damaged(
    file_format: str, share: float, sandbox: DecoderSandbox
) -> None:
    noise = Image.frombytes("RGB", (60, 60), os.urandom(60 * 60 * 3))
    data = encode(noise, file_format)
    assert sandbox.error(data[: int(len(data) * share)]) == DAMAGED


@pytest.mark.parametrize("magic", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
def test_noise_after_a_valid_start_is_damaged(magic: bytes, sandbox: DecoderSandbox) -> None:
    assert sandbox.error(magic + bytes(range(256)) * 20) == DAMAGED


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (0, 0)])
def test_an_image_without_pixels_is_damaged(size: tuple[int, int], sandbox: DecoderSandbox) -> None:
    assert sandbox.error(png(*size, chunk(b"IDAT", zlib.compress(b"")))) == DAMAGED


def test_a_polyglot_is_reduced_to_its_image(sandbox: DecoderSandbox) -> None:
    image = sandbox.decode(encode(half_red(), "GIF") + b"<script>PK\x03\x04 secret")
    assert image.size == (40, 20)
    assert b"secret" not in sandbox.target.read_bytes()
