"""Measured corrections of a photograph, which keep what is sold.

Exposure moves lightness alone, hue and saturation stay, and the subject's colour moves by at most a
few ΔE unless more is asked for.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Any

from PIL import Image, ImageChops, ImageFilter, ImageStat

from imaging.providers.local.wishes import Wishes

RGB = tuple[float, float, float]

_SAMPLE = 160
_NODES = 13
#: The subject's median colour moves at most this far in Lab (CIE76), where nothing was asked for.
_LEAST_SHIFT, _ASKED_SHIFT = 4.0, 14.0
#: The rise of saturation that "more vibrant" asks for, and of brightness per step.
_VIBRANT, _BRIGHTER = 1.4, 0.78
#: Above this many pixels the grain of light is finer than what the output shows.
_DENOISED_PIXELS = 1_600_000


@dataclass(frozen=True, slots=True)
class Measurement:
    """Lightness from 0 to 1; `gains` would make the scene's greys grey; `subject` holds the median
    of the colours in the mask or the middle, then their quartiles by lightness."""

    black: float
    white: float
    middle: float
    gains: RGB
    subject: tuple[RGB, RGB, RGB]


def measure(image: Image.Image, subject: Image.Image | None = None) -> Measurement:
    """Measure a small copy of an RGB image."""
    sample = image.resize((_SAMPLE, _SAMPLE), Image.Resampling.BOX)
    mask = subject.resize(sample.size, Image.Resampling.BOX) if subject else _middle(sample.size)
    mask = mask.point([255 if level > 200 else 0 for level in range(256)])
    histogram = sample.convert("L").histogram()
    return Measurement(
        black=_percentile(histogram, 0.005),
        white=_percentile(histogram, 0.995),
        middle=_percentile(histogram, 0.5),
        gains=_grey_gains(sample),
        subject=_typical_colours(sample, mask),
    )


def correct(image: Image.Image, wishes: Wishes, measured: Measurement) -> Image.Image:
    """Return the RGB image with balance, exposure and colour as measured and wished; same size."""
    limit = _LEAST_SHIFT if wishes.is_plain else _ASKED_SHIFT
    strength = 1.0
    while strength > 0.05 and _shift(_colour_map(measured, strength), measured) > limit:
        strength *= 0.85
    mapped = _colour_map(measured, strength)
    wished = _wish_map(wishes)
    table = ImageFilter.Color3DLUT.generate(_NODES, lambda *node: wished(mapped(node)))
    return _denoised(image, wishes).filter(table)


def sharpen(image: Image.Image, enlargement: float, wishes: Wishes) -> Image.Image:
    """Apply unsharp masking, whose radius follows the enlargement of the image."""
    radius = min(max(1.1 * enlargement, 1.0), 3.5)
    if wishes.refined:
        image = image.filter(ImageFilter.UnsharpMask(max(image.size) / 40, 12, threshold=0))
    return image.filter(ImageFilter.UnsharpMask(radius, 130 if wishes.sharper else 75, threshold=2))


def to_lab(colour: RGB) -> RGB:
    """Convert sRGB (0 to 1) to CIE Lab under D65."""
    red, green, blue = map(_decode, colour)
    x, y, z = (
        value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116
        for value in (
            (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
            0.2126 * red + 0.7152 * green + 0.0722 * blue,
            (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _colour_map(measured: Measurement, strength: float) -> Callable[[RGB], RGB]:
    """Return white balance and a curve of lightness; each colour keeps its hue and saturation."""
    black = min(max(measured.black - 0.05, 0.0), 0.2) * strength
    white = max(measured.white, 0.4)
    span = 1 - (1 - white) * strength - black
    middle = min(max((measured.middle - black) / span, 0.04), 0.96)
    gamma = 1 + (min(max(log(0.46) / log(middle), 0.6), 1.04) - 1) * strength
    gains = [1 + (gain - 1) * strength for gain in measured.gains]

    def mapped(colour: RGB) -> RGB:
        linear = [_decode(channel) * gain for channel, gain in zip(colour, gains, strict=True)]
        luminance = max(_luminance(linear), 1e-6)
        lightness = min(max((_encode(luminance) - black) / span, 0.0), 1.0) ** gamma
        factor = min(_decode(lightness) / luminance, 8.0)
        return _in_gamut([channel * factor for channel in linear])

    return mapped


def _wish_map(wishes: Wishes) -> Callable[[RGB], RGB]:
    if wishes.keeps_colours:
        return lambda colour: colour
    saturation = 0.0 if wishes.monochrome else _VIBRANT if wishes.vibrant else 1.0
    gamma = _BRIGHTER**wishes.brightness
    warm = (1 + 0.12 * wishes.warmth, 1.0, 1 - 0.16 * wishes.warmth)

    def mapped(colour: RGB) -> RGB:
        red, green, blue = (
            _decode(channel**gamma) * gain for channel, gain in zip(colour, warm, strict=True)
        )
        grey = _luminance((red, green, blue))
        return _in_gamut([grey + (channel - grey) * saturation for channel in (red, green, blue)])

    return mapped


def _in_gamut(linear: list[float]) -> RGB:
    """Encode; a colour that is too bright or too strong loses saturation, never hue."""
    grey = min(max(_luminance(linear), 0.0), 1.0)
    most, least = max(linear), min(linear)
    share = min(1.0, (1 - grey) / max(most - grey, 1e-6), grey / max(grey - least, 1e-6))
    red, green, blue = (_encode(grey + (channel - grey) * share) for channel in linear)
    return red, green, blue


def _shift(mapped: Callable[[RGB], RGB], measured: Measurement) -> float:
    """Return how far the map moves the subject's median colour, in ΔE (CIE76); its lighter and
    darker parts may move half as far again."""
    middle, *others = (_difference(colour, mapped(colour)) for colour in measured.subject)
    return max(middle, *(other / 1.5 for other in others))


def _difference(one: RGB, other: RGB) -> float:
    pairs = zip(to_lab(one), to_lab(other), strict=True)
    return float(sum((before - after) ** 2 for before, after in pairs) ** 0.5)


def _luminance(linear: list[float] | RGB) -> float:
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@lru_cache(maxsize=64)  # the nodes of a table have few levels
def _decode(level: float) -> float:
    return level / 12.92 if level <= 0.04045 else float(((level + 0.055) / 1.055) ** 2.4)


def _encode(linear: float) -> float:
    linear = min(max(linear, 0.0), 1.0)
    return 12.92 * linear if linear <= 0.0031308 else float(1.055 * linear ** (1 / 2.4) - 0.055)


def _percentile(histogram: list[int], share: float) -> float:
    limit, total = share * sum(histogram), 0
    for level, count in enumerate(histogram):
        total += count
        if total > limit:
            return level / 255
    return 1.0


def _typical_colours(sample: Image.Image, mask: Image.Image) -> tuple[RGB, RGB, RGB]:
    colours: Any = sample.get_flattened_data()
    levels: Any = mask.get_flattened_data()
    inside = [colour for colour, level in zip(colours, levels, strict=True) if level]
    inside = sorted(inside or [(128, 128, 128)], key=sum)
    medians = tuple(statistics.median_low(band) for band in zip(*inside, strict=True))
    darker, lighter = (inside[len(inside) * place // 4] for place in (1, 3))
    median, dark, light = (
        (red / 255, green / 255, blue / 255) for red, green, blue in (medians, darker, lighter)
    )
    return median, dark, light


def _middle(size: tuple[int, int]) -> Image.Image:
    width, height = size
    mask = Image.new("L", size)
    mask.paste(255, (width // 4, height // 4, width * 3 // 4, height * 3 // 4))
    return mask


def _grey_gains(sample: Image.Image) -> RGB:
    """Assume a grey world over the pixels that could be grey; without enough of them, change
    nothing: a red product would otherwise be taken for a red cast."""
    saturation = sample.convert("HSV").getchannel("S").point([255 * (s < 70) for s in range(256)])
    usable = sample.convert("L").point([255 * (30 < level < 250) for level in range(256)])
    mask = ImageChops.multiply(saturation, usable)
    if mask.histogram()[255] < 0.15 * sample.width * sample.height:
        return 1.0, 1.0, 1.0
    means = [_decode(mean / 255) for mean in ImageStat.Stat(sample, mask).mean]
    grey = _luminance(means)
    red, green, blue = (min(max((grey / max(m, 1e-4)) ** 0.8, 0.7), 1.4) for m in means)
    return red, green, blue


def _denoised(image: Image.Image, wishes: Wishes) -> Image.Image:
    """Smooth the noise of colour, which no one misses, and in small photographs that of light."""
    if image.width * image.height > 3 * _DENOISED_PIXELS or min(image.size) < 3:
        return image
    light, blue, red = image.convert("YCbCr").split()
    if image.width * image.height <= _DENOISED_PIXELS:
        share = 0.5 if wishes.refined else 0.3
        light = Image.blend(light, light.filter(ImageFilter.MedianFilter(3)), share)
    blue, red = (band.filter(ImageFilter.BoxBlur(1)) for band in (blue, red))
    return Image.merge("YCbCr", (light, blue, red)).convert("RGB")
