"""Colours in OKLCH, where equal steps look equal, and their way to sRGB.

Source of the matrices: Björn Ottosson, "A perceptual color space for image processing" (2020).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, radians, sin

RGB = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Lch:
    """Lightness 0 to 1, chroma 0 to 0.4, hue in degrees (red ≈ 27, yellow ≈ 100, blue ≈ 262)."""

    lightness: float
    chroma: float
    hue: float

    def lighter(self, step: float) -> Lch:
        """Move the colour by `step` in lightness, negative for darker; keep the hue."""
        return replace(self, lightness=min(max(self.lightness + step, 0.08), 0.985))

    def muted(self, factor: float) -> Lch:
        return replace(self, chroma=self.chroma * factor)

    def turned(self, degrees: float) -> Lch:
        return replace(self, hue=(self.hue + degrees) % 360)

    def at(self, lightness: float, chroma: float | None = None) -> Lch:
        """Return the same hue at another lightness and, if given, another chroma."""
        return Lch(lightness, self.chroma if chroma is None else chroma, self.hue)


@lru_cache(maxsize=2048)
def to_rgb(colour: Lch) -> RGB:
    """Convert to 8-bit sRGB; a colour outside the gamut loses chroma, never hue."""
    chroma = colour.chroma
    channels = _linear(colour.lightness, chroma, colour.hue)
    while chroma > 0.001 and not all(-0.0005 <= channel <= 1.0005 for channel in channels):
        chroma *= 0.96
        channels = _linear(colour.lightness, chroma, colour.hue)
    red, green, blue = (round(255 * _encode(min(max(channel, 0), 1))) for channel in channels)
    return red, green, blue


def mix(start: Lch, end: Lch, share: float) -> RGB:
    """Return the colour `share` (0 to 1) of the way between two, on a straight line in OKLab."""
    lab = tuple(a + (b - a) * share for a, b in zip(_lab(start), _lab(end), strict=True))
    lightness, a, b = lab
    red, green, blue = (
        round(255 * _encode(min(max(channel, 0), 1))) for channel in _lab_to_linear(lightness, a, b)
    )
    return red, green, blue


def _lab(colour: Lch) -> tuple[float, float, float]:
    angle = radians(colour.hue)
    return colour.lightness, colour.chroma * cos(angle), colour.chroma * sin(angle)


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    return _lab_to_linear(*_lab(Lch(lightness, chroma, hue)))


def _lab_to_linear(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _encode(linear: float) -> float:
    """Apply the sRGB transfer function (IEC 61966-2-1)."""
    return 12.92 * linear if linear <= 0.0031308 else float(1.055 * linear ** (1 / 2.4) - 0.055)
