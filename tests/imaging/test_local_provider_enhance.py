"""Enhancing photographs: measurably better, fitted to the size, the background as asked."""

import typing
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageStat

from config.egress.deadline import Deadline, DeadlineExceeded
from imaging.prompts import wrap_enhance
from imaging.providers.base import GenerationFailed, GenerationInput
from imaging.providers.local import LocalProvider
from imaging.sizes import ASPECT_RATIOS, Size, size_of
from tests.daily import few_daily

SQUARE = Size(512, 512)
GREY = (168, 168, 168)


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A red box with a dark band, off the middle of a plain grey sheet."""
    image = Image.new("RGB", (400, 400), GREY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((90, 150, 250, 330), fill=(190, 40, 36))
    draw.rectangle((90, 220, 250, 250), fill=(40, 30, 60))
    return saved(image, tmp_path / "product.png")


@pytest.fixture
def dull(tmp_path: Path) -> Path:
    """Patches of every tone, flattened to a third of the range and tinted yellow."""
    image = Image.new("RGB", (300, 300))
    draw = ImageDraw.Draw(image)
    for index in range(36):
        left, top = index % 6 * 50, index // 6 * 50
        level = (index * 7 % 36) * 7
        shift = (index % 3 - 1) * 18
        draw.rectangle((left, top, left + 49, top + 49), fill=(level, level + shift, level - shift))
    tint = [int(30 + level * 0.32 * gain) for gain in (1.15, 1.0, 0.75) for level in range(256)]
    return saved(image.filter(ImageFilter.GaussianBlur(1)).point(tint), tmp_path / "dull.png")


def saved(image: Image.Image, path: Path) -> Path:
    image.save(path)
    return path


def enhance(words: str, *sources: Path, size: Size = SQUARE) -> list[Image.Image]:
    spec = GenerationInput("enhance", wrap_enhance(words), size, Deadline.after(30), sources)
    images: list[Image.Image] = [
        Image.open(BytesIO(data)) for data in LocalProvider().make_images(spec)
    ]
    assert all(image.format == "PNG" and image.mode == "RGB" for image in images)
    return images


def mean_level(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L")).mean[0]


def saturation(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("HSV").getchannel("S")).mean[0]


def border(image: Image.Image) -> set[object]:
    width, height = image.size
    edges = [(x, y) for x in range(width) for y in (0, height - 1)]
    edges += [(x, y) for y in range(height) for x in (0, width - 1)]
    return {image.getpixel(edge) for edge in edges}


def test_a_dull_picture_gains_contrast(dull: Path) -> None:
    before = Image.open(dull)
    (after,) = enhance("", dull)
    contrast_before = ImageStat.Stat(before.convert("L")).stddev[0]
    assert ImageStat.Stat(after.convert("L")).stddev[0] > 1.05 * contrast_before


def pixel(image: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    return typing.cast("tuple[int, ...]", image.getpixel(at))[:3]


def test_a_red_product_is_not_taken_for_a_red_cast(product: Path) -> None:
    (after,) = enhance("", product)
    red, green, blue = pixel(after, (256, 350))
    assert red > 1.8 * max(green, blue)
    ground = pixel(after, (20, 20))
    assert max(ground) - min(ground) <= 6


def test_each_image_gives_one_output(product: Path, dull: Path) -> None:
    assert len(enhance("", product, dull, product)) == 3


@pytest.mark.parametrize("ratio", few_daily(ASPECT_RATIOS, 2))
@pytest.mark.parametrize("words", ["", "white background, soft shadow"])
def test_the_output_has_exactly_the_asked_size(product: Path, ratio: str, words: str) -> None:
    size = size_of(ratio, "1k")
    (after,) = enhance(words, product, size=size)
    assert after.size == (size.width, size.height)


@pytest.mark.slow
def test_a_4k_output_has_exactly_the_asked_size(product: Path) -> None:
    (after,) = enhance("", product, size=size_of("4:3", "4k"))
    assert after.size == (4096, 3072)


@pytest.mark.parametrize(
    "words",
    [
        "white background",
        "Remove the background and place on a clean white surface with soft shadows.",
    ],
)
def test_a_white_background_is_white_at_the_border_and_keeps_the_product(
    product: Path, words: str
) -> None:
    (after,) = enhance(words, product)
    assert border(after) == {(255, 255, 255)}
    red, green, blue = pixel(after, (256, 150))
    assert red > 150
    assert max(green, blue) < 100


def test_a_shadow_is_cast_only_when_asked(product: Path) -> None:
    plain, shaded = (
        enhance(words, product)[0]
        for words in ("white background", "white background with a soft shadow")
    )
    below = (100, 462, 412, 482)
    assert mean_level(plain.crop(below)) > 254
    assert mean_level(shaded.crop(below)) < 248


def test_a_scene_without_a_plain_background_is_left_whole(tmp_path: Path) -> None:
    noise = Image.effect_noise((200, 200), 110).convert("RGB")
    (after,) = enhance("white background", saved(noise, tmp_path / "noise.png"))
    assert mean_level(after) < 200


def test_edges_of_many_colours_are_no_background(tmp_path: Path) -> None:
    image = Image.new("RGB", (300, 300), (20, 30, 60))
    draw = ImageDraw.Draw(image)
    draw.rectangle((150, 0, 300, 300), fill=(240, 225, 190))
    draw.ellipse((90, 90, 210, 210), fill=(200, 40, 40))
    (after,) = enhance("white background", saved(image, tmp_path / "halves.png"))
    assert mean_level(after.crop((20, 20, 60, 490))) < 120


@pytest.mark.parametrize(
    ("more", "less"),
    [("brighter please", "darker"), ("brighter please", "")],
)
def test_brightness_follows_the_request(dull: Path, more: str, less: str) -> None:
    assert mean_level(enhance(more, dull)[0]) > mean_level(enhance(less, dull)[0]) + 5


def test_warmth_follows_the_request(dull: Path) -> None:
    def redness(words: str) -> float:
        red, _, blue = ImageStat.Stat(enhance(words, dull)[0]).mean
        return red - blue

    assert redness("warmer") > redness("") + 4 > redness("cooler") + 8


def test_colours_follow_the_request(dull: Path) -> None:
    vibrant, plain = (saturation(enhance(words, dull)[0]) for words in ("more vibrant", ""))
    assert vibrant > 1.1 * plain
    assert saturation(enhance("black and white", dull)[0]) == 0


def test_a_blurred_background_leaves_the_product_sharp(tmp_path: Path) -> None:
    image = Image.new("RGB", (400, 400), GREY)
    draw = ImageDraw.Draw(image)
    for x in range(0, 400, 8):
        draw.line((x, 0, x, 400), fill=(182, 182, 182))
    draw.rectangle((120, 120, 280, 280), fill=(190, 40, 36))
    draw.line((200, 120, 200, 280), fill=(60, 10, 20), width=3)
    source = saved(image, tmp_path / "lines.png")
    plain, blurred = (enhance(words, source)[0] for words in ("", "blur the background"))

    def detail(picture: Image.Image, box: tuple[int, int, int, int]) -> float:
        return ImageStat.Stat(picture.crop(box).convert("L")).stddev[0]

    ground, inside = (10, 10, 100, 500), (200, 200, 312, 312)
    assert detail(blurred, ground) < 0.5 * detail(plain, ground)
    assert detail(blurred, inside) > 0.9 * detail(plain, inside)


def test_the_transparency_of_an_image_becomes_the_cut(tmp_path: Path) -> None:
    image = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((60, 40, 240, 160), fill=(20, 120, 200, 255))
    (after,) = enhance("white background", saved(image, tmp_path / "clear.png"))
    assert border(after) == {(255, 255, 255)}
    assert pixel(after, (256, 256))[2] > pixel(after, (256, 256))[0]


def test_a_white_thing_on_nothing_is_still_seen_by_its_transparency(tmp_path: Path) -> None:
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((80, 80, 220, 220), fill=(250, 250, 250, 255))
    (after,) = enhance("white background with shadow", saved(image, tmp_path / "white.png"))
    darkest, _ = typing.cast("tuple[int, int]", after.convert("L").getextrema())
    assert darkest < 220


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_a_png_is_accepted(tmp_path: Path, mode: str) -> None:
    source = saved(Image.new(mode, (40, 30)), tmp_path / "mode.png")
    assert enhance("", source)[0].size == (512, 512)


@pytest.mark.parametrize(
    "edges", few_daily(map(pytest.param, [(1, 1), (4000, 1), (1, 4000), (3000, 20), (2, 2)]), 2)
)
@pytest.mark.parametrize("words", ["", "white background with shadow", "blur the background"])
def test_extreme_shapes_are_fitted(tmp_path: Path, edges: tuple[int, int], words: str) -> None:
    source = saved(Image.new("RGB", edges, (90, 140, 60)), tmp_path / "shape.png")
    assert enhance(words, source)[0].size == (512, 512)


def test_a_broken_file_fails(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    with pytest.raises(GenerationFailed):
        enhance("", broken)


def test_a_passed_deadline_ends_the_call(product: Path) -> None:
    spec = GenerationInput("enhance", "", SQUARE, Deadline.after(-1), (product,))
    with pytest.raises(DeadlineExceeded):
        LocalProvider().make_images(spec)
