"""Colours are those that the profile of an image means; other ancillary data decides nothing."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from tests.config.colour_profiles import adobe_rgb, cmyk, grey
from tests.config.decoder_images import DecoderSandbox, chunk, deflated_zeros, encode, png

GREEN = (64, 192, 64)


def pixel(image: Image.Image) -> tuple[int, ...]:
    value = image.getpixel((4, 4))
    assert isinstance(value, tuple)
    return value


def is_near(seen: tuple[int, ...], wanted: tuple[int, ...], by: int = 6) -> bool:
    return all(abs(a - b) <= by for a, b in zip(seen, wanted, strict=True))


def in_srgb(colour: tuple[int, int, int], profile: bytes) -> tuple[int, ...]:
    """The colour as a browser shows it."""
    converted = ImageCms.profileToProfile(
        Image.new("RGB", (8, 8), colour),
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
    )
    assert converted
    return pixel(converted)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_a_wide_profile_is_converted_to_srgb(file_format: str, sandbox: DecoderSandbox) -> None:
    profile = adobe_rgb()
    wanted = in_srgb(GREEN, profile)
    assert not is_near(wanted, GREEN, by=20), "ignoring the profile would be seen"
    options = {"quality": 95} if file_format != "PNG" else {}
    data = encode(Image.new("RGB", (8, 8), GREEN), file_format, icc_profile=profile, **options)
    decoded = sandbox.decode(data)
    assert is_near(pixel(decoded), wanted)
    assert "icc_profile" not in decoded.info


def test_transparency_survives_the_conversion(sandbox: DecoderSandbox) -> None:
    image = Image.new("RGBA", (8, 8), (*GREEN, 77))
    decoded = sandbox.decode(encode(image, "PNG", icc_profile=adobe_rgb()))
    assert is_near(pixel(decoded), (*in_srgb(GREEN, adobe_rgb()), 77))


def test_a_palette_is_converted_too(sandbox: DecoderSandbox) -> None:
    image = Image.new("RGB", (8, 8), GREEN).convert("P", palette=Image.Palette.ADAPTIVE)
    decoded = sandbox.decode(encode(image, "PNG", icc_profile=adobe_rgb()))
    assert is_near(pixel(decoded), in_srgb(GREEN, adobe_rgb()))


@pytest.mark.parametrize(("gamma", "darker"), [(1.0, False), (3.0, True)])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_a_grey_profile_is_used(
    file_format: str, gamma: float, darker: bool, sandbox: DecoderSandbox
) -> None:
    data = encode(Image.new("L", (8, 8), 100), file_format, icc_profile=grey(gamma))
    red, green, blue = pixel(sandbox.decode(data))
    assert red == green == blue
    assert red < 85 if darker else red > 130


def test_a_cmyk_profile_is_used(sandbox: DecoderSandbox) -> None:
    # On this press, paper is white and every ink a dark red.
    profile = cmyk(paper=(255, 128, 128), ink=(80, 170, 150))
    for inks, wanted in (((0, 0, 0, 0), "paper"), ((255, 0, 0, 0), "ink")):
        image = Image.new("CMYK", (8, 8), inks)
        red, green, blue = pixel(sandbox.decode(encode(image, "JPEG", icc_profile=profile)))
        if wanted == "paper":
            assert min(red, green, blue) > 240
        else:
            assert red > green + 50 > blue


@pytest.mark.parametrize(
    "profile",
    [b"nonsense", b"", adobe_rgb()[:200], grey(3.0), cmyk((255, 128, 128), (80, 170, 150))],
    ids=["nonsense", "empty", "cut", "of grey", "of inks"],
)
def test_a_profile_that_is_broken_or_of_other_colours_is_ignored(
    profile: bytes, sandbox: DecoderSandbox
) -> None:
    data = encode(Image.new("RGB", (8, 8), GREEN), "PNG", icc_profile=profile)
    assert pixel(sandbox.decode(data)) == GREEN


def test_srgb_changes_nothing(sandbox: DecoderSandbox) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encode(Image.new("RGB", (8, 8), GREEN), "PNG", icc_profile=srgb)
    assert pixel(sandbox.decode(data)) == GREEN


_PIXELS = chunk(b"IDAT", zlib.compress(b"".join(b"\x00" + bytes(GREEN) * 8 for _ in range(8))))


@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"zTXt", b"Comment\x00\x00" + deflated_zeros(50)),
        chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + deflated_zeros(50)),
        chunk(b"tEXt", b"Comment\x00" + bytes(3_000_000)),
        chunk(b"iCCP", b"icc\x00\x00" + deflated_zeros(50)),
        chunk(b"iCCP", b"icc\x00\x00broken"),
        chunk(b"zTXt", b"no end"),
        chunk(b"eXIf", b"broken"),
        chunk(b"gAMA", b"xx"),
        chunk(b"pHYs", b""),
        chunk(b"tIME", b"x"),
        chunk(b"sRGB", b""),
        chunk(b"cHRM", b"xyz"),
    ],
    ids=lambda data: f"{data[4:8].decode()} of {struct.unpack('>I', data[:4])[0]}",
)
def test_ancillary_chunks_decide_nothing(extra: bytes, sandbox: DecoderSandbox) -> None:
    assert pixel(sandbox.decode(png(8, 8, extra, _PIXELS))) == GREEN
    assert pixel(sandbox.decode(png(8, 8, extra, extra, _PIXELS, extra))) == GREEN


def test_a_jpeg_with_much_metadata_is_readable(sandbox: DecoderSandbox) -> None:
    data = encode(Image.new("RGB", (8, 8), GREEN), "JPEG", quality=95)
    segment = b"\xff\xe1" + struct.pack(">H", 65_000) + b"http://ns.adobe.com/xmp/extension/\x00"
    segment = segment.ljust(65_002, b"x")
    assert is_near(pixel(sandbox.decode(data[:2] + segment * 60 + data[2:])), GREEN)
