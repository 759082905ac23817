"""An abstract poster: a grid of quarter circles, leaves and stripes, or arcs around a sun."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from imaging.providers.local.canvas import Canvas, Gradient
from imaging.providers.local.colour import Lch
from imaging.providers.local.geometry import Shape, arc_of, block, joined, oval, path
from imaging.providers.local.palette import Palette
from imaging.providers.local.reading import Reading


def draw_poster(canvas: Canvas, reading: Reading, palette: Palette, chance: Random) -> None:
    """Draw one of two designs in the palette's five colours."""
    draw = chance.choice((_draw_grid, _draw_grid, _draw_arcs))
    draw(canvas, palette, chance)


def _draw_grid(canvas: Canvas, palette: Palette, chance: Random) -> None:
    across = chance.choice((4, 5))
    columns = max(round(canvas.width * across / 100), 2)
    side = canvas.width / columns
    rows = max(round(canvas.height / side), 2)
    tall = canvas.height / rows
    ground = palette.colours[2:] if palette.dark else palette.colours[3:]
    for row in range(rows):
        for column in range(columns):
            _draw_tile(
                canvas,
                palette,
                chance,
                chance.choice(ground),
                (column * side, row * tall, side, tall),
            )


def _draw_tile(
    canvas: Canvas,
    palette: Palette,
    chance: Random,
    ground: Lch,
    box: tuple[float, float, float, float],
) -> None:
    x, y, width, height = box
    tile = block(x, y, width + 0.05, height + 0.05)
    canvas.fill(tile, ground)
    motif = chance.choice(_MOTIFS)(chance.choice((0, 90, 180, 270)))
    for index, shape in enumerate(motif):
        colour = chance.choice([c for c in palette.colours[: 3 + index] if c != ground])
        placed = Shape(_stretched(shape.rings, box), _stretched(shape.holes, box))
        canvas.fill(
            placed, Gradient((colour.lighter(0.03), colour.lighter(-0.02)), 45), within=tile
        )
        if len(shape.rings) == 1:
            canvas.shade(
                placed,
                colour.lighter(-0.15),
                angle=chance.choice((45, 225)),
                reach=0.55,
                strength=0.5,
            )


def _stretched(
    rings: tuple[tuple[tuple[float, float], ...], ...], box: tuple[float, float, float, float]
) -> tuple[tuple[tuple[float, float], ...], ...]:
    x, y, width, height = box
    return tuple(tuple((x + px * width, y + py * height) for px, py in ring) for ring in rings)


def _spun(angle: float, *shapes: Shape) -> tuple[Shape, ...]:
    return tuple(shape.rotated(angle, (0.5, 0.5)) for shape in shapes)


def _quarter(angle: float) -> tuple[Shape, ...]:
    def pie(radius: float) -> Shape:
        ring = arc_of(0, 0, radius, radius, 0, 90, 32).rings[0]
        return Shape(((*ring, (0, 0)),))

    return _spun(angle, pie(1), pie(0.5))


def _halves(angle: float) -> tuple[Shape, ...]:
    return _spun(angle, arc_of(0.5, 0.5, 0.5, 0.5, 180, 360), arc_of(0.5, 1, 0.5, 0.5, 180, 360))


def _leaf(angle: float) -> tuple[Shape, ...]:
    leaf = path("M 0 0 C 0.55 0 1 0.45 1 1 C 0.45 1 0 0.55 0 0 Z")
    return _spun(angle, leaf)


def _disc(angle: float) -> tuple[Shape, ...]:
    return _spun(angle, oval(0.5, 0.5, 0.42), oval(0.5, 0.5, 0.18))


def _stripes(angle: float) -> tuple[Shape, ...]:
    return _spun(angle, joined(*(block(0, 0.1 + 0.2 * row, 1, 0.1) for row in range(5))))


def _dots(angle: float) -> tuple[Shape, ...]:
    places = [(0.2 + 0.3 * column, 0.2 + 0.3 * row) for column in range(3) for row in range(3)]
    return (joined(*(oval(x, y, 0.075, steps=32) for x, y in places)),)


def _triangle(angle: float) -> tuple[Shape, ...]:
    return _spun(angle, path("M 0 0 L 1 1 L 0 1 Z"))


_MOTIFS: tuple[Callable[[float], tuple[Shape, ...]], ...] = (
    _quarter,
    _quarter,
    _halves,
    _leaf,
    _leaf,
    _disc,
    _stripes,
    _dots,
    _triangle,
)


def _draw_arcs(canvas: Canvas, palette: Palette, chance: Random) -> None:
    """Draw arcs that rise from the lower edge, a sun, and a hill below."""
    width, height = canvas.width, canvas.height
    ground = palette.wall
    canvas.fill(
        block(0, 0, width, height), Gradient((ground.lighter(0.03), ground.lighter(-0.03)), 90)
    )
    sun = (width * chance.choice((0.28, 0.72)), height * 0.24, 11.0)
    canvas.fill(oval(*sun), palette.accent)
    canvas.shade(oval(*sun), palette.accent.lighter(-0.14), angle=60, reach=0.6, strength=0.5)
    x, y = width * chance.choice((0.4, 0.5, 0.6)), height * 0.84
    for ring, colour in enumerate(palette.colours * 2):
        radius = 50 - 6 * ring
        if radius < 8:
            break
        arc = arc_of(x, y, radius, radius, 180, 360, 96)
        canvas.fill(arc, Gradient((colour.lighter(0.03), colour.lighter(-0.03)), 0))
        canvas.shade(arc, colour.lighter(-0.14), angle=20, reach=0.5, strength=0.4)
    hill = path(
        f"M -1 {y - 4} Q {width * 0.3} {y - 14} {width * 0.6} {y - 2} "
        f"Q {width * 0.85} {y + 6} {width + 1} {y - 6} L {width + 1} "
        f"{height + 1} L -1 {height + 1} Z"
    )
    deep = palette.colours[2]
    canvas.fill(hill, Gradient((deep.lighter(0.06), deep), 90))
    canvas.shade(hill, deep.lighter(-0.1), angle=30, reach=0.6, strength=0.5)
