"""Measured corrections of a photograph: white balance, exposure, colour, noise, sharpness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageStat

from imaging.providers.local.wishes import Wishes

_SAMPLE = 256
_MIDTONE = 0.46
#: Above this many pixels noise is finer than what the output shows, and the filter slow.
_DENOISED_PIXELS = 4_500_000


@dataclass(frozen=True, slots=True)
class Measurement:
    """Levels are 0 to 255; `gains` are the factors per channel that would make the scene grey."""

    black: int
    white: int
    mean: float
    gains: tuple[float, float, float]


def measure(image: Image.Image) -> Measurement:
    """Measure a small copy of an RGB image."""
    sample = image.copy() if max(image.size) <= _SAMPLE else image.resize((_SAMPLE, _SAMPLE))
    histogram = sample.convert("L").histogram()
    return Measurement(
        black=_percentile(histogram, 0.005),
        white=_percentile(histogram, 0.995),
        mean=ImageStat.Stat(sample.convert("L")).mean[0],
        gains=_grey_gains(sample),
    )


def correct(image: Image.Image, wishes: Wishes) -> Image.Image:
    """Return the RGB image with balance, exposure and colour as measured and wished; same size."""
    image = _denoised(image)
    image = _balanced(image, measure(image).gains, wishes.warmth)
    image = _exposed(image, measure(image), wishes.brightness)
    colour = 0.0 if wishes.monochrome else 1.32 if wishes.vibrant else 1.07
    return ImageEnhance.Color(image).enhance(colour)


def sharpen(image: Image.Image, enlargement: float, wishes: Wishes) -> Image.Image:
    """Apply unsharp masking, whose radius follows the enlargement of the image."""
    radius = min(max(1.1 * enlargement, 1.0), 3.5)
    percent = 130 if wishes.sharper else 75
    return image.filter(ImageFilter.UnsharpMask(radius, percent, threshold=2))


def _percentile(histogram: list[int], share: float) -> int:
    limit, total = share * sum(histogram), 0
    for level, count in enumerate(histogram):
        total += count
        if total > limit:
            return level
    return 255


def _grey_gains(sample: Image.Image) -> tuple[float, float, float]:
    """Assume a grey world over the pixels that could be grey; with few of them, over all, and
    carefully: a red product would otherwise be taken for a red cast."""
    saturation = sample.convert("HSV").getchannel("S")
    luminance = sample.convert("L")
    greyish = saturation.point([255 if level < 95 else 0 for level in range(256)])
    usable = luminance.point([255 if 12 < level < 246 else 0 for level in range(256)])
    mask = ImageChops.multiply(greyish, usable)
    pixels = sample.width * sample.height
    enough = mask.histogram()[255] > 0.08 * pixels
    means = ImageStat.Stat(sample, mask if enough else None).mean
    strength = 0.85 if enough else 0.35
    grey = max(sum(means) / 3, 1)
    low, high = (0.8, 1.28) if enough else (0.9, 1.12)
    red, green, blue = (min(max((grey / max(mean, 1)) ** strength, low), high) for mean in means)
    return red, green, blue


def _balanced(image: Image.Image, gains: Sequence[float], warmth: int) -> Image.Image:
    factors = (gains[0] * (1 + 0.055 * warmth), gains[1], gains[2] * (1 - 0.075 * warmth))
    table = [min(round(level * factor), 255) for factor in factors for level in range(256)]
    return image.point(table)


def _exposed(image: Image.Image, measured: Measurement, brightness: int) -> Image.Image:
    """Stretch the levels, then bend them halfway to a mid-tone; one curve for all channels."""
    black = min(measured.black, 70)
    span = max(measured.white - black, 85)
    mean = min(max((measured.mean - black) / span, 0.02), 0.98)
    gamma = min(max((log(_MIDTONE) / log(mean)) ** 0.5, 0.72), 1.18)
    gamma *= 0.8**brightness
    curve = [round(255 * min(max((level - black) / span, 0), 1) ** gamma) for level in range(256)]
    return image.point(curve * 3)


def _denoised(image: Image.Image) -> Image.Image:
    if image.width * image.height > _DENOISED_PIXELS or min(image.size) < 3:
        return image
    return Image.blend(image, image.filter(ImageFilter.MedianFilter(3)), 0.3)
