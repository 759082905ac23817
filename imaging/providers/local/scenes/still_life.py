"""A table with turned vessels, a fruit and a ball before a quiet wall."""

from __future__ import annotations

from random import Random

from imaging.providers.local.canvas import Canvas, Gradient
from imaging.providers.local.colour import Lch
from imaging.providers.local.geometry import Shape, block, oval, polygon, turned
from imaging.providers.local.modelling import LIGHT
from imaging.providers.local.palette import Palette
from imaging.providers.local.reading import Reading

#: Half profiles in a box of 100 by 100, from slender to wide.
_VESSELS = (
    "M 55 0 C 53 12 55 26 55 36 C 64 46 68 62 66 80 C 65 92 62 100 58 100 L 50 100 L 50 0 Z",
    "M 60 6 C 57 14 57 22 62 32 C 76 46 82 60 80 74 C 77 92 68 98 62 100 L 50 100 L 50 6 Z",
    "M 64 22 C 62 30 66 34 72 44 C 80 60 76 88 66 100 L 50 100 L 50 22 Z",
    "M 56 16 L 57 40 C 68 44 72 48 72 56 L 72 96 C 72 99 70 100 67 100 L 50 100 L 50 16 Z",
    "M 88 52 C 88 80 74 96 64 97 L 66 100 L 50 100 L 50 52 Z",
)
_RIMS = ((5.0, 0), (10.0, 6), (14.0, 22), (6.0, 16), (38.0, 52))


def draw_still_life(canvas: Canvas, reading: Reading, palette: Palette, chance: Random) -> None:
    """Draw three or four vessels of different heights, the tallest behind; a ball in front."""
    table = canvas.height * 0.5 + 20
    _draw_table(canvas, palette, table)
    count = 3 if canvas.width < 120 else 4
    kinds = chance.sample(range(len(_VESSELS)), count)
    colours = _colours(palette, chance)
    size = min(50.0, canvas.width * 0.5)
    spread = min(canvas.width * 0.72, size * 1.9)
    for rank, kind in enumerate(sorted(kinds)):
        share = (rank + 0.5) / count - 0.5
        x = canvas.width / 2 + spread * (share if rank % 2 else share * 0.8)
        ground = table + 7 + 5 * (rank % 2)
        _draw_vessel(canvas, palette, kind, x, ground, size * (1.05 - 0.08 * rank), colours[rank])
    side = -1 if chance.random() < 0.5 else 1
    _draw_fruit(canvas, palette, canvas.width / 2 + side * size * 0.5, table + 18, size * 0.1)
    _draw_fruit(canvas, palette, canvas.width / 2 + side * size * 0.26, table + 20, size * 0.075)


def _colours(palette: Palette, chance: Random) -> list[Lch]:
    pale = palette.body.at(0.9, 0.025)
    colours = [palette.body, pale, palette.accent, palette.body.at(0.42, 0.08)]
    chance.shuffle(colours)
    return colours


def _draw_table(canvas: Canvas, palette: Palette, table: float) -> None:
    width, height, wall = canvas.width, canvas.height, palette.wall
    back = block(0, 0, width, table + 1)
    canvas.fill(back, Gradient((wall.lighter(0.06), wall, wall.lighter(-0.07)), LIGHT))
    left, pane = width / 2 - 44, 60.0
    beam = polygon(
        ((left, -2), (left + 24, -2), (left + 24 + pane, table), (left + pane - 14, table))
    )
    canvas.soften(beam, wall.lighter(0.1), blur=1.2, opacity=0.6, within=back)
    cloth = palette.body.at(0.34 if palette.dark else 0.8, min(palette.body.chroma, 0.05))
    canvas.fill(
        block(0, table, width, height - table),
        Gradient((cloth.lighter(-0.03), cloth.lighter(0.05)), 90),
    )
    canvas.fill(block(0, table, width, 0.7), cloth.lighter(0.09))
    canvas.soften(block(-5, table - 1.5, width + 10, 1.6), palette.shadow, blur=1.6, opacity=0.3)


def _draw_vessel(
    canvas: Canvas, palette: Palette, kind: int, x: float, ground: float, size: float, colour: Lch
) -> None:
    scale = size / 100
    body = turned(_VESSELS[kind]).placed(scale, x - size / 2, ground - size)
    left, _, right, _ = body.bounds()
    _draw_shadow(canvas, palette, (left + right) / 2, ground, (right - left) / 2)
    stops = tuple(colour.lighter(step) for step in (-0.05, 0.08, 0.02, -0.05, -0.14, -0.09))
    canvas.fill(body, Gradient(stops, 4))
    canvas.shade(body, colour.lighter(-0.22), angle=10, reach=0.6, strength=0.65)
    half, top = _RIMS[kind]
    rim = oval(x, ground - size + top * scale, half * scale, max(half * scale * 0.14, 0.5))
    canvas.fill(rim, colour.lighter(-0.2))
    _draw_glint(canvas, body, colour, left, right, ground, size)


def _draw_glint(
    canvas: Canvas, body: Shape, colour: Lch, left: float, right: float, ground: float, size: float
) -> None:
    glint = oval(
        left + (right - left) * 0.26, ground - size * 0.34, (right - left) * 0.05, size * 0.11
    )
    canvas.soften(glint, colour.lighter(0.3).muted(0.5), blur=0.9, opacity=0.6, within=body)


def _draw_fruit(canvas: Canvas, palette: Palette, x: float, ground: float, radius: float) -> None:
    _draw_shadow(canvas, palette, x, ground, radius)
    ball = oval(x, ground - radius * 0.94, radius, radius * 0.94)
    colour = palette.accent
    canvas.fill(ball, Gradient((colour.lighter(0.12), colour, colour.lighter(-0.1)), 50))
    canvas.shade(ball, colour.lighter(-0.25), angle=48, reach=0.6, strength=0.75)


def _draw_shadow(canvas: Canvas, palette: Palette, x: float, ground: float, half: float) -> None:
    long = oval(x + half * 1.0, ground - 0.3, half * 1.7, max(half * 0.16, 0.8))
    canvas.soften(long, palette.shadow, blur=1.1, opacity=0.5)
    canvas.soften(
        oval(x, ground, half * 0.9, 0.7), palette.shadow.lighter(-0.1), blur=0.5, opacity=0.7
    )
