"""A palette from the words' colours, or a harmony chosen by their seed, balanced in OKLCH."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from imaging.providers.local.colour import Lch
from imaging.providers.local.reading import Reading

#: Distances on the hue circle: analogous, triadic, split and full complement.
_HARMONIES = (38, -38, 120, 150, -150, 180)
#: Hues that carry a picture well; picked from when the words name no colour.
_HUES = (18, 32, 48, 62, 84, 135, 165, 200, 235, 258, 285, 345)
#: Things that look wrong in a colour of chance.
_NATURAL = {
    "fruit": Lch(0.57, 0.19, 27),
    "plant": Lch(0.60, 0.12, 42),
    "ring": Lch(0.86, 0.05, 220),
}
_LEAST_CONTRAST = 0.17


@dataclass(frozen=True, slots=True)
class Palette:
    """`body` is the subject's colour, `accent` its counterpart; `wall` and `floor` stay quiet."""

    body: Lch
    accent: Lch
    wall: Lch
    floor: Lch
    ink: Lch
    paper: Lch
    dark: bool

    @property
    def shadow(self) -> Lch:
        return self.wall.at(max(self.wall.lightness - 0.42, 0.12), self.wall.chroma + 0.02)

    @property
    def colours(self) -> tuple[Lch, ...]:
        """Return five colours for pictures without a subject, from loud to quiet."""
        deep = self.body.at(0.32, min(self.body.chroma, 0.09))
        return self.body, self.accent, deep, self.body.at(0.78, self.body.chroma * 0.5), self.paper


def choose_palette(reading: Reading) -> Palette:
    chance = Random(reading.seed ^ 0x0C01)  # noqa: S311 - repeatable on purpose
    body = reading.colours[0] if reading.colours else _any_body(reading, chance)
    accent = reading.colours[1] if len(reading.colours) > 1 else _accent_of(body, chance)
    wall = reading.ground or _wall_for(body, bool(reading.colours), reading.dark, chance)
    dark = wall.lightness < 0.5
    floor = wall.lighter(0.05 if dark else -0.045)
    return Palette(
        body=body,
        accent=accent,
        wall=wall,
        floor=floor,
        ink=Lch(0.96, 0.012, wall.hue) if floor.lightness < 0.64 else Lch(0.27, 0.03, body.hue),
        paper=Lch(0.955, 0.012, 85),
        dark=dark,
    )


def _any_body(reading: Reading, chance: Random) -> Lch:
    if reading.product in _NATURAL:
        return _NATURAL[reading.product]
    return Lch(chance.uniform(0.56, 0.66), chance.uniform(0.11, 0.15), chance.choice(_HUES))


def _accent_of(body: Lch, chance: Random) -> Lch:
    turned = body.turned(chance.choice(_HARMONIES))
    lightness = 0.74 if body.lightness < 0.6 else 0.52
    return turned.at(lightness, min(max(body.chroma, 0.09), 0.14))


def _wall_for(body: Lch, named: bool, dark: bool, chance: Random) -> Lch:
    """Give a named colour a quieter background, so that it stays the dominant one."""
    hue = (body.hue + chance.choice((0, 14, -14) if named else (12, 150, 180, -150))) % 360
    if body.chroma < 0.03:
        hue = chance.choice(_HUES)
    chroma = chance.uniform(0.018, 0.034) if named else chance.uniform(0.028, 0.05)
    lightness = chance.uniform(0.28, 0.34) if dark else chance.uniform(0.83, 0.89)
    if abs(lightness - body.lightness) < _LEAST_CONTRAST:
        lightness = 0.7 if body.lightness > 0.75 else 0.48 if dark else 0.32
        hue = (hue + 180) % 360 if body.chroma > 0.1 else hue
    return Lch(lightness, chroma, hue)
