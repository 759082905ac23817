"""Correct photographs by measuring them: exposure scales light, so hue and saturation stay."""

from collections.abc import Callable, Sequence
from functools import partial
from math import log

import pyvips
from PIL import Image, ImageFilter, ImageOps, ImageStat

# Results are never asked for twice: a cache would only hold their memory.
pyvips.cache_set_max(0)
RGB = tuple[float, float, float]

_SAMPLE, _NODES, _GAMMA, _VIBRANT, _BRIGHTER = 160, 13, 2.2, 1.4, 0.78
#: How far a median colour may move in Lab (CIE76), where nothing or where brightness was asked for.
_LEAST_SHIFT, _ASKED_SHIFT = 4.2, 14.0


def correct(
    layer: Image.Image, photograph: Image.Image, subject: Image.Image | None, wishes: frozenset[str]
) -> Image.Image:
    """Return the layer (RGB or RGBA) of a photograph with exposure as measured and colour as
    wished. `subject` is 255 where the photograph shows what must keep its colour."""
    sample = photograph.resize((_SAMPLE, _SAMPLE), Image.Resampling.BOX)
    masks = [ImageOps.expand(Image.new("L", (80, 80), 255), _SAMPLE // 4)]
    if subject:
        masks.append(subject.resize(sample.size).point([0] * 200 + [255] * 56))
    colours = [ImageStat.Stat(sample, mask).median for mask in masks if mask.getbbox()]
    light = to_vips(sample).colourspace("b-w")
    black, middle_light, white = (light.percent(share) / 255 for share in (0.5, 50, 99.5))
    black, span = min(max(black - 0.05, 0), 0.2), max(white, 0.4)
    gamma = log(0.46) / log(min(max((middle_light - black) / (span - black), 0.04), 0.96))
    curve = partial(_expose, black=black, span=span - black, gamma=min(max(gamma, 0.6), 1.04))
    limit = _ASKED_SHIFT if wishes & {"brighter", "darker"} else _LEAST_SHIFT
    strength = 1.0
    while strength > 0.02 and _moved(colours, curve, strength) > limit:
        strength *= 0.85
    table = ImageFilter.Color3DLUT.generate(
        _NODES, lambda *node: _grant(curve(node, strength=strength), wishes)
    )
    return layer.filter(table)


def sharpen(image: Image.Image, enlargement: float, wishes: frozenset[str]) -> Image.Image:
    """Apply unsharp masking, whose radius follows the enlargement of the image."""
    radius = min(max(1.1 * enlargement, 1.0), 3.5)
    if "refined" in wishes:
        image = image.filter(ImageFilter.UnsharpMask(max(image.size) / 40, 12, threshold=0))
    return image.filter(ImageFilter.UnsharpMask(radius, 130 if "sharper" in wishes else 75, 3))


def measure_difference(one: Sequence[float], other: Sequence[float]) -> float:
    """Return ΔE (CIE76) of two sRGB colours of 0 to 255."""
    pixels = (pyvips.Image.black(1, 1).new_from_image(list(colour)) for colour in (one, other))
    first, second = (pixel.copy(interpretation="srgb").colourspace("lab") for pixel in pixels)
    return float(first.dE76(second).avg())


def to_vips(image: Image.Image) -> pyvips.Image:
    raw = pyvips.Image.new_from_memory(image.tobytes(), image.width, image.height, 3, "uchar")
    return raw.copy(interpretation="srgb")


def _moved(colours: Sequence[Sequence[float]], curve: Callable[..., RGB], strength: float) -> float:
    """Return how far the curve moves the colour that it moves furthest, in ΔE."""
    pairs = ((old, curve([level / 255 for level in old], strength=strength)) for old in colours)
    return max(measure_difference(old, [255 * level for level in new]) for old, new in pairs)


def _expose(
    colour: Sequence[float], *, black: float, span: float, gamma: float, strength: float
) -> RGB:
    """Apply a curve of lightness as one factor of all channels."""
    old = max(_lightness(colour), 1e-3)
    new = min(max((old - black) / span, 0.0), 1.0) ** gamma
    return _in_gamut(colour, (new / old) ** strength, 1)


def _grant(colour: RGB, wishes: frozenset[str]) -> RGB:
    saturation = 0 if "monochrome" in wishes else _VIBRANT if "vibrant" in wishes else 1
    warmth = 0.06 * (("warmer" in wishes) - ("cooler" in wishes))
    gamma = _BRIGHTER ** (("brighter" in wishes) - ("darker" in wishes))
    red, green, blue = (channel**gamma for channel in colour)
    return _in_gamut((red * (1 + warmth), green, blue * (1 - 1.3 * warmth)), 1, saturation)


def _in_gamut(colour: Sequence[float], factor: float, saturation: float) -> RGB:
    """Scale light and saturation; what is too bright or too strong loses saturation, never hue."""
    grey = min(_lightness(colour) * factor, 1.0)
    apart = [channel * factor - grey for channel in colour]
    most, least = max(*apart, 1e-6), max(-min(apart), 1e-6)
    share = min(saturation, (1 - grey) / most, grey / least)
    red, green, blue = (grey + channel * share for channel in apart)
    return red, green, blue


def _lightness(colour: Sequence[float]) -> float:
    red, green, blue = (channel**_GAMMA for channel in colour)
    return float((0.2126 * red + 0.7152 * green + 0.0722 * blue) ** (1 / _GAMMA))
