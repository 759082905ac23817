"""The provider's picture becomes a PNG of exactly the promised size, or the call has failed."""

import io
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from config.egress.deadline import Deadline, DeadlineExceeded
from imaging.providers import postprocess
from imaging.providers.base import GenerationFailed
from imaging.providers.postprocess import fit_png, shrink_upload
from imaging.sizes import Size

SIZE = Size(64, 36)


def encode(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def striped() -> Image.Image:
    """A square of 64: the upper and lower thirds red, the middle blue."""
    image = Image.new("RGB", (64, 64), "red")
    image.paste("blue", (0, 21, 64, 43))
    return image


def test_a_png_of_the_size_is_passed_through_untouched() -> None:
    data = encode(Image.new("RGB", (64, 36), "teal"), "PNG")

    assert fit_png(data, SIZE) is data


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP"])
def test_another_size_is_scaled_to_cover_and_cropped_around_the_centre(file_format: str) -> None:
    image = opened(fit_png(encode(striped(), file_format), SIZE))

    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (64, 36))
    assert image.getpixel((0, 18))[2] > 200  # type: ignore[index]
    assert image.getpixel((0, 0))[0] > 200  # type: ignore[index]


def test_a_jpeg_of_the_size_becomes_a_png() -> None:
    assert opened(fit_png(encode(Image.new("RGB", (64, 36)), "JPEG"), SIZE)).format == "PNG"


def test_transparency_survives() -> None:
    image = opened(fit_png(encode(Image.new("RGBA", (80, 80), (9, 9, 9, 0)), "PNG"), SIZE))

    assert image.mode == "RGBA"
    assert image.getpixel((5, 5))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    "damage",
    [
        lambda png: b"",
        lambda png: b"no image",
        lambda png: png[:20],
        lambda png: png[:60],
        lambda png: png[:-200],
        lambda png: png[:50] + b"\x00\x00\x00" + png[53:],
        lambda png: encode(Image.new("RGB", (64, 36)), "GIF"),
    ],
    ids=["empty", "text", "header", "cut early", "cut late", "flipped", "GIF"],
)
@pytest.mark.parametrize("source", [(64, 36), (90, 90)], ids=["same size", "other size"])
def test_a_damaged_picture_has_failed(
    damage: Callable[[bytes], bytes], source: tuple[int, int]
) -> None:
    png = encode(Image.effect_noise(source, 60), "PNG")

    with pytest.raises(GenerationFailed):
        fit_png(damage(png), SIZE)


def test_a_picture_over_64_megapixels_is_refused_before_it_is_decoded() -> None:
    bomb = encode(Image.new("1", (8001, 8000)), "PNG")

    with pytest.raises(GenerationFailed, match="too large"):
        fit_png(bomb, SIZE)


def test_no_more_pictures_are_fitted_at_once_than_there_are_cores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postprocess, "_cores", threading.BoundedSemaphore(1))
    other_size = encode(Image.new("RGB", (80, 80)), "PNG")
    same_size = encode(Image.new("RGB", (64, 36)), "PNG")

    with postprocess._cores:
        with pytest.raises(DeadlineExceeded):
            fit_png(other_size, SIZE, deadline=Deadline.after(0.05))
        assert fit_png(same_size, SIZE, deadline=Deadline.after(0.05)) == same_size

    assert fit_png(other_size, SIZE, deadline=Deadline.after(5))


def test_a_small_upload_goes_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "small.png"
    path.write_bytes(encode(striped(), "PNG"))

    upload = shrink_upload(path)

    assert (upload.data, upload.media_type) == (path.read_bytes(), "image/png")


@pytest.mark.parametrize(("mode", "media_type"), [("RGB", "image/jpeg"), ("RGBA", "image/webp")])
def test_a_big_upload_is_scaled_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, media_type: str
) -> None:
    monkeypatch.setattr(postprocess, "MAX_UPLOAD_BYTES", 100)
    path = tmp_path / "big.png"
    path.write_bytes(encode(Image.new(mode, (4096, 1024)), "PNG"))

    upload = shrink_upload(path)

    assert upload.media_type == media_type
    assert opened(upload.data).size == (2048, 512)
