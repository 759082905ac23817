"""Layers of land under a sky; each further layer takes on more of the air's colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import pi, sin
from random import Random

from imaging.providers.local.canvas import Canvas, Gradient
from imaging.providers.local.colour import Lch
from imaging.providers.local.geometry import Shape, block, joined, oval, polygon
from imaging.providers.local.lexicon import word_set
from imaging.providers.local.palette import Palette
from imaging.providers.local.reading import Reading

_WATER = word_set("sea ocean lake beach river coast wave island")
_TREES = word_set("forest tree pine jungle meadow field valley")
_SAND = word_set("desert dune canyon")
_WARM = word_set("sunset sunrise dusk dawn golden warm autumn")
_COOL_HUES = (165, 195, 225, 250, 285)
_LAYERS = 6


@dataclass(frozen=True, slots=True)
class _Air:
    """The sky's top and horizon, the nearest land, and the sun or moon."""

    sky: Lch
    horizon: Lch
    land: Lch
    sun: Lch


def draw_landscape(canvas: Canvas, reading: Reading, palette: Palette, chance: Random) -> None:
    """Draw sky, sun, then the layers from far to near; water or trees if the words name them."""
    words = frozenset(reading.tokens)
    base = palette.body if reading.colours else Lch(0.6, 0.12, chance.choice(_COOL_HUES))
    air = _choose_air(words, palette, base)
    _draw_sky(canvas, air, chance, stars=palette.dark)
    ridge = _dune if words & _SAND else _peaks if "mountain" in words else _choose_ridge(chance)
    top = canvas.height * (0.50 if words & _WATER else 0.44)
    if words & _WATER:
        _draw_layers(canvas, air, ridge, chance, top=top, layers=(0, 1))
        _draw_water(canvas, air, chance, canvas.height * 0.60)
        _draw_layers(canvas, air, _hills, chance, top=canvas.height * 0.44, layers=(5,))
    else:
        _draw_layers(canvas, air, ridge, chance, top=top, layers=range(_LAYERS))
    if words & _TREES or not words & (_SAND | _WATER):
        _draw_trees(canvas, air, chance)


def _choose_air(words: frozenset[str], palette: Palette, base: Lch) -> _Air:
    if palette.dark:
        return _Air(
            base.at(0.24, 0.07), base.at(0.5, 0.09), base.at(0.16, 0.045), Lch(0.95, 0.03, 95)
        )
    if words & _WARM:
        return _Air(
            Lch(0.62, 0.10, 350), Lch(0.87, 0.11, 68), Lch(0.30, 0.08, 345), Lch(0.95, 0.09, 88)
        )
    if words & _SAND:
        return _Air(
            Lch(0.74, 0.085, 42), Lch(0.90, 0.06, 76), Lch(0.40, 0.09, 46), Lch(0.96, 0.06, 88)
        )
    horizon = palette.accent.at(0.91, 0.055)
    return _Air(base.at(0.78, 0.085), horizon, base.at(0.31, 0.075), Lch(0.96, 0.06, 80))


def _draw_sky(canvas: Canvas, air: _Air, chance: Random, *, stars: bool) -> None:
    width, height = canvas.width, canvas.height
    canvas.fill(block(0, 0, width, height * 0.7), Gradient((air.sky, air.horizon, air.horizon), 90))
    radius = chance.uniform(8, 13)
    x, y = width * chance.choice((0.3, 0.36, 0.64, 0.7)), height * chance.uniform(0.22, 0.34)
    canvas.soften(oval(x, y, radius * 1.5), air.sun, blur=radius * 0.8, opacity=0.35)
    canvas.fill(oval(x, y, radius), Gradient((air.sun, air.sun.lighter(-0.03)), 90))
    if stars:
        dots = (
            oval(
                chance.uniform(0, width),
                chance.uniform(0, height * 0.42),
                chance.uniform(0.12, 0.3),
                steps=10,
            )
            for _ in range(70)
        )
        canvas.fill(joined(*dots), air.sun, opacity=0.8)
    for _ in range(3):
        _draw_cloud(canvas, air, chance)


def _draw_cloud(canvas: Canvas, air: _Air, chance: Random) -> None:
    x, y = chance.uniform(0, canvas.width), canvas.height * chance.uniform(0.1, 0.36)
    length = chance.uniform(18, 40)
    cloud = joined(
        block(x - length / 2, y, length, 1.6, 0.8),
        block(x - length * 0.3, y - 1.5, length * 0.5, 1.7, 0.8),
        block(x - length * 0.1, y + 1.5, length * 0.55, 1.3, 0.6),
    )
    canvas.fill(cloud, air.horizon.lighter(0.04), opacity=0.55)


_Ridge = Callable[[Random, float], list[float]]


def _hills(chance: Random, width: float) -> list[float]:
    """Return heights between about 0 and 1 along the width, one per unit."""
    waves = [(chance.uniform(0.5, 1) / n, chance.uniform(0, 2 * pi), n) for n in (1, 2, 3, 5)]
    return [
        0.5 + sum(size * sin(n * x / 55 * pi + turn) for size, turn, n in waves) / 4
        for x in range(int(width) + 3)
    ]


def _peaks(chance: Random, width: float) -> list[float]:
    """Displace midpoints: jagged, and the same at every resolution."""
    heights = [
        chance.uniform(0.1, 0.6),
        chance.uniform(0.7, 1.0),
        chance.uniform(0.1, 0.6),
        chance.uniform(0.5, 0.9),
        chance.uniform(0.1, 0.5),
    ]
    roughness = 0.3
    while len(heights) < width + 3:
        between = [
            (a + b) / 2 + chance.uniform(-roughness, roughness) for a, b in pairwise(heights)
        ]
        heights = [h for pair in zip(heights, between, strict=False) for h in pair] + heights[-1:]
        roughness *= 0.52
    return heights


def _dune(chance: Random, width: float) -> list[float]:
    """Return long windward slopes that end in a sharp crest."""
    period, turn = chance.uniform(60, 95), chance.uniform(0, 95)
    return [
        0.75 * (phase / 0.72) ** 1.4 if phase < 0.72 else 0.75 * ((1 - phase) / 0.28) ** 0.8
        for phase in (((x + turn) % period) / period for x in range(int(width) + 3))
    ]


def _choose_ridge(chance: Random) -> _Ridge:
    return chance.choice((_hills, _peaks, _hills))


def _draw_layers(
    canvas: Canvas,
    air: _Air,
    ridge: _Ridge,
    chance: Random,
    *,
    top: float,
    layers: range | tuple[int, ...],
) -> None:
    width, height = canvas.width, canvas.height
    for layer in layers:
        near = layer / (_LAYERS - 1)
        profile = (ridge if layer < 4 else _hills if ridge is not _dune else _dune)(chance, width)
        base = top + (height - top) * (0.10 + 0.72 * near**1.15)
        relief = height * (0.24 - 0.12 * near)
        step = (width + 2) / (len(profile) - 1)
        crest = [(i * step - 1, base - relief * (h - 0.3)) for i, h in enumerate(profile)]
        shape = polygon([*crest, (width + 1, height + 1), (-1, height + 1)])
        _draw_layer(canvas, air, shape, near)


def _draw_layer(canvas: Canvas, air: _Air, shape: Shape, near: float) -> None:
    share = 0.22 + 0.78 * near**0.8
    colour = Lch(
        air.horizon.lightness + (air.land.lightness - air.horizon.lightness) * share - 0.03,
        air.horizon.chroma + (air.land.chroma - air.horizon.chroma) * share + 0.02,
        air.land.hue if near > 0.15 else (air.land.hue + 8) % 360,
    )
    mist = colour.lighter(0.07 * (1 - near))
    canvas.fill(shape, Gradient((colour, mist), 90))
    canvas.shade(shape, colour.lighter(0.10), angle=205, reach=0.75, strength=0.42)
    canvas.shade(shape, colour.lighter(-0.07), angle=80, reach=0.45, strength=0.35)


def _draw_water(canvas: Canvas, air: _Air, chance: Random, top: float) -> None:
    width, height = canvas.width, canvas.height
    water = block(0, top, width, height - top)
    tint = air.sky.lighter(-0.12)
    canvas.fill(water, Gradient((air.horizon.lighter(-0.03), tint, tint.lighter(-0.12)), 90))
    for row in range(26):
        depth = (row / 26) ** 1.6
        y = top + 1 + depth * (height - top)
        length = chance.uniform(4, 16) * (0.5 + depth)
        x = width / 2 + chance.gauss(0, width * 0.22)
        wave = block(x - length / 2, y, length, 0.22 + 0.7 * depth, 0.1 + 0.3 * depth)
        canvas.fill(wave, air.sun, opacity=0.55)


def _draw_trees(canvas: Canvas, air: _Air, chance: Random) -> None:
    """Draw a few conifers near the edges, so that the middle stays open."""
    colour = air.land.lighter(-0.07)
    for side in (0.0, 1.0):
        for _ in range(chance.randint(4, 7)):
            x = abs(side * canvas.width - abs(chance.gauss(0, canvas.width * 0.13)))
            size = chance.uniform(11, 24)
            base = canvas.height * chance.uniform(0.93, 1.02)
            tree = _conifer(x, base, size, chance)
            canvas.fill(tree, colour)
            canvas.shade(tree, colour.lighter(0.11), angle=200, reach=0.5, strength=0.5)


def _conifer(x: float, base: float, size: float, chance: Random) -> Shape:
    tiers = 7
    right, left = [], []
    for tier in range(tiers):
        reach = size * 0.2 * (tier + 1) / tiers * chance.uniform(0.85, 1.15)
        y = base - size * (1 - (tier + 1) / tiers)
        right += [(x + reach, y), (x + reach * 0.45, y - size * 0.02)]
        left += [(x - reach, y), (x - reach * 0.45, y - size * 0.02)]
    return polygon([(x, base - size), *right, *reversed(left)])
