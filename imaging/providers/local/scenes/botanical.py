"""Stems with leaves and blossoms, cut out as if from coloured paper."""

from __future__ import annotations

from math import atan2, degrees
from random import Random

from imaging.providers.local.canvas import Canvas, Gradient
from imaging.providers.local.colour import Lch
from imaging.providers.local.geometry import (
    Point,
    Shape,
    bezier,
    block,
    joined,
    oval,
    path,
    polygon,
)
from imaging.providers.local.palette import Palette
from imaging.providers.local.reading import Reading

#: The right and left edge of a leaf that points upwards from (0, 0), and its length.
_LEAF_KINDS = (
    ("C 16 -10 22 -32 0 -60", "C -22 -32 -16 -10 0 0", 60),
    ("C 9 -12 11 -36 0 -66", "C -11 -36 -9 -12 0 0", 66),
    ("C 30 -4 34 -38 0 -52", "C -34 -38 -30 -4 0 0", 52),
)


def draw_botanical(canvas: Canvas, reading: Reading, palette: Palette, chance: Random) -> None:
    """Draw three to seven stems that fan out from below the picture, the middle one in bloom."""
    ground = palette.wall if palette.dark else palette.wall.at(0.93, palette.wall.chroma * 0.6)
    canvas.fill(
        block(0, 0, canvas.width, canvas.height),
        Gradient((ground.lighter(0.02), ground.lighter(-0.04)), 70),
    )
    _draw_moon(canvas, palette, chance)
    greens = _greens(palette)
    count = 5 if canvas.width < 130 else 7
    order = sorted(range(count), key=lambda i: -abs(i - (count - 1) / 2))
    for place in order:
        share = place / (count - 1) - 0.5
        stem = _stem(canvas, share, chance)
        colour = greens[place % len(greens)]
        blooming = place % 2 == 0
        _draw_stem(
            canvas, stem, colour, kind=chance.randrange(3), leaves=not blooming or place == 0
        )
        if blooming:
            _draw_blossom(canvas, palette, stem[3], chance.uniform(7.5, 11), chance)


def _greens(palette: Palette) -> tuple[Lch, ...]:
    hue = 150 if abs(palette.body.hue - 150) > 35 else palette.body.hue
    lift = 0.12 if palette.dark else 0.0
    return (
        Lch(0.42 + lift, 0.075, hue),
        Lch(0.58 + lift, 0.085, hue - 18),
        Lch(0.34 + lift, 0.06, hue + 22),
    )


def _draw_moon(canvas: Canvas, palette: Palette, chance: Random) -> None:
    x = canvas.width * chance.choice((0.42, 0.5, 0.58))
    colour = palette.accent.at(0.42 if palette.dark else 0.86, min(palette.accent.chroma, 0.075))
    disc = oval(x, canvas.height * 0.45, 31)
    canvas.fill(disc, Gradient((colour.lighter(0.03), colour.lighter(-0.03)), 80))
    canvas.shade(disc, colour.lighter(-0.12), angle=70, reach=0.5, strength=0.35)


def _stem(canvas: Canvas, share: float, chance: Random) -> tuple[Point, ...]:
    """Return a cubic curve from the lower edge upwards; `share` runs from -0.5 (left) to 0.5."""
    width, height = canvas.width, canvas.height
    foot = (width * (0.5 + share * 0.42), height + 3)
    rise = height * (0.80 - 0.62 * abs(share) + chance.uniform(-0.05, 0.05))
    head = (width * (0.5 + share * 0.80), height - rise)
    return (
        foot,
        (foot[0] + chance.uniform(-3, 3), height - rise * 0.4),
        (head[0] - share * 16, height - rise * 0.75),
        head,
    )


def _draw_stem(
    canvas: Canvas, stem: tuple[Point, ...], colour: Lch, *, kind: int, leaves: bool
) -> None:
    points = tuple(bezier(stem, step / 24) for step in range(25))
    canvas.fill(Shape((points,), width=0.75), colour.lighter(-0.06))
    steps = range(6, 24, 3) if leaves else range(6, 17, 5)
    for index, step in enumerate(steps):
        side = 1 if index % 2 else -1
        size = (0.42 if leaves else 0.34) * (1.1 - step / 40)
        tangent = _heading(points[step - 1], points[step])
        _draw_leaf(canvas, points[step], tangent + side * 52, size, colour, kind)
    if leaves:
        _draw_leaf(canvas, points[-1], _heading(points[-2], points[-1]), 0.34, colour, kind)


def _heading(start: Point, end: Point) -> float:
    """Return degrees clockwise from straight up."""
    return degrees(atan2(end[0] - start[0], start[1] - end[1]))


def _draw_leaf(
    canvas: Canvas, at: Point, angle: float, size: float, colour: Lch, kind: int
) -> None:
    right, left, length = _LEAF_KINDS[kind]
    whole = path(f"M 0 0 {right} {left} Z")
    half = path(f"M 0 0 {right} L 0 0 Z")
    vein = polygon(((-0.4, 0), (0.4, 0), (0, -length)))
    for shape, tone in (
        (whole, colour),
        (half, colour.lighter(-0.065)),
        (vein, colour.lighter(0.1)),
    ):
        placed = shape.rotated(angle, (0, 0)).placed(size, *at)
        canvas.fill(placed, tone)
    canvas.shade(
        whole.rotated(angle, (0, 0)).placed(size, *at),
        colour.lighter(-0.16),
        angle=100,
        reach=0.6,
        strength=0.5,
    )


def _draw_blossom(
    canvas: Canvas, palette: Palette, at: Point, radius: float, chance: Random
) -> None:
    colour = palette.body
    petals = chance.choice((5, 6, 8, 11))
    wide = 2.4 / petals
    petal = path(f"M 0 0 C {wide} -0.25 {wide} -1 0 -1 C {-wide} -1 {-wide} -0.25 0 0 Z")
    turn = chance.uniform(0, 90)
    for ring, tone in ((1.0, colour.lighter(-0.05)), (0.72, colour.lighter(0.06))):
        for index in range(petals):
            angle = turn + 360 * index / petals + (180 / petals if ring < 1 else 0)
            placed = petal.rotated(angle, (0, 0)).placed(radius * ring, *at)
            canvas.fill(placed, tone)
            canvas.shade(placed, colour.lighter(-0.16), angle=angle + 90, reach=0.6, strength=0.5)
    heart = oval(*at, radius * 0.2)
    canvas.fill(heart, Lch(0.82, 0.13, 86))
    canvas.shade(heart, Lch(0.5, 0.11, 62), angle=45, reach=0.7, strength=0.7)
    dots = joined(
        *(
            oval(
                at[0] + chance.gauss(0, radius * 0.07),
                at[1] + chance.gauss(0, radius * 0.07),
                radius * 0.025,
                steps=8,
            )
            for _ in range(9)
        )
    )
    canvas.fill(dots, Lch(0.4, 0.08, 50))
