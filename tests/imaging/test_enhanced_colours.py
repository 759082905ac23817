"""Enhancing never makes a product worse: its colour stays, nothing is lost, no fringe is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageOps, ImageStat

from imaging.prompts import add_guidance
from imaging.providers.local.correction import measure_difference
from imaging.providers.local.reading import REFINED
from imaging.sizes import Size
from tests.daily import few_daily
from tests.imaging.photographs import SIZE, photograph
from tests.imaging.test_local_provider_enhance import enhance, pixel

#: The most that the subject's median colour may move, in ΔE.
MOST = 6.0
PRODUCTS = {
    "tote": ("#6f291f", "#c79a68", "#b8b4ae"),
    "bicycle": ("#2b8a8a", "#c79a68", "#e8e6e2"),
    "pendant": ("#d3a345", "#35508f", "#8d9096"),
    "sunglasses": ("#855a3b", "#2f5a44", "#d9d4cc"),
    "umbrella": ("#cc4240", "#a83236", "#dfe6ea"),
}


@pytest.fixture(params=few_daily(PRODUCTS, 2))
def product(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Image.Image]:
    """A photograph and the outline of its product; the bag is underexposed."""
    path, exposure = tmp_path / "product.png", 0.6 if request.param == "tote" else 0.9
    return path, photograph(request.param, PRODUCTS[request.param], path, exposure=exposure)


def shift(before: Image.Image, after: Image.Image, mask: Image.Image) -> float:
    """How far the median colour in the mask moves, in ΔE."""
    return measure_difference(
        *(ImageStat.Stat(image.convert("RGB"), mask).median for image in (before, after))
    )


def share(mask: Image.Image, within: Image.Image) -> float:
    """The share of `within` that the mask (both 0 or 255) covers."""
    return ImageStat.Stat(ImageChops.multiply(mask, within)).sum[0] / ImageStat.Stat(within).sum[0]


def level(image: Image.Image, low: int, high: int) -> Image.Image:
    return image.point([255 * (low <= value <= high) for value in range(256)])


def test_a_plain_enhancement_keeps_the_products_colour(product: tuple[Path, Image.Image]) -> None:
    source, outline = product
    (after,) = enhance("", source, size=Size(*SIZE))
    inside = level(outline, 250, 255).filter(ImageFilter.MinFilter(5))
    assert shift(Image.open(source), after, inside) <= MOST


def test_a_cut_out_loses_nothing_and_leaves_no_fringe(product: tuple[Path, Image.Image]) -> None:
    source, outline = product
    (after,) = enhance("white background", source, size=Size(*SIZE))
    kept = ImageOps.contain(
        outline.crop(outline.getbbox()), (round(SIZE[0] * 0.8), round(SIZE[1] * 0.8))
    )
    placed = Image.new("L", SIZE)
    placed.paste(kept, ((SIZE[0] - kept.width) // 2, (SIZE[1] - kept.height) // 2))
    darkest = ImageChops.invert(level(after.convert("L"), 246, 255))
    near = darkest.filter(ImageFilter.MaxFilter(5))
    assert share(ImageChops.invert(near), level(placed, 250, 255)) < 0.01
    around = ImageChops.invert(placed.filter(ImageFilter.MaxFilter(9)).point([0] + [255] * 255))
    assert share(darkest, around) < 0.002


def test_more_vibrant_keeps_the_hue_and_clips_no_channel(tmp_path: Path) -> None:
    source = tmp_path / "bag.png"
    photograph("tote", PRODUCTS["tote"], source)
    (after,) = enhance("remove the background and make it more vibrant", source, size=Size(*SIZE))
    red, green, blue = pixel(after, (380, 460))
    assert 60 < red < 190
    assert min(green, blue) > 8


def test_a_scene_is_not_cut(tmp_path: Path) -> None:
    """A picture whose edge is no plain background stays whole."""
    source = tmp_path / "scene.png"
    photograph("sofa", ("#c0623f", "#855a3b", "#b8b4ae"), source)
    scene = Image.open(source)
    scene.paste((40, 70, 40), (0, 0, 1024, 300))
    scene.save(source)
    (after,) = enhance("white background", source, size=Size(*SIZE))
    assert ImageStat.Stat(after.crop((0, 0, 1024, 280)).convert("L")).mean[0] < 110


def test_thinking_refines_more_than_fast(tmp_path: Path) -> None:
    source = tmp_path / "bag.png"
    photograph("tote", PRODUCTS["tote"], source)
    fast, thinking = (enhance(words, source)[0] for words in ("", add_guidance("", REFINED)))
    assert fast.tobytes() != thinking.tobytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["astronaut.png", "camera.png", "chelsea.png", "clock_motion.png", "coffee.png", "coins.png",
     "moon.png", "motorcycle_left.png", "retina.jpg", "rocket.jpg"],
)  # fmt: skip
def test_photographs_keep_their_colour_and_their_subject(name: str, tmp_path: Path) -> None:
    skimage: Any = pytest.importorskip("skimage")
    source = tmp_path / "photograph.png"
    with Image.open(Path(skimage.__file__).parent / "data" / name) as image:
        image.convert("RGB").save(source)
    before = Image.open(source)
    size = Size(*before.size)
    plain, white = (enhance(words, source, size=size)[0] for words in ("", "white background"))
    middle = Image.new("L", before.size)
    width, height = before.size
    middle.paste(255, (width // 4, height // 4, width * 3 // 4, height * 3 // 4))
    assert shift(before, plain, middle) <= MOST
    if name in ("clock_motion.png", "coins.png", "moon.png"):
        return  # on a plain ground, where the background turns white
    assert shift(plain, white, middle) <= 1
