"""Shapes as rings of points: parsed from path strings, turned on a lathe, moved and scaled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, radians, sin

Point = tuple[float, float]
Ring = tuple[Point, ...]
Bounds = tuple[float, float, float, float]

_CURVE_STEPS = 32
_POINTS_OF = {"M": 1, "L": 1, "Q": 2, "C": 3}


@dataclass(frozen=True, slots=True)
class Shape:
    """Filled rings; with a `width`, open lines of that width with round ends."""

    rings: tuple[Ring, ...]
    holes: tuple[Ring, ...] = ()
    width: float = 0.0

    def bounds(self) -> Bounds:
        """Return left, top, right and bottom, including half the line's width."""
        xs = [x for ring in self.rings for x, _ in ring]
        ys = [y for ring in self.rings for _, y in ring]
        edge = self.width / 2
        return min(xs) - edge, min(ys) - edge, max(xs) + edge, max(ys) + edge

    def placed(self, scale: float, x: float, y: float, *, flip: bool = False) -> Shape:
        """Scale the shape about the origin, mirror it if asked, then move it by (x, y)."""
        across = -scale if flip else scale

        def move(rings: tuple[Ring, ...]) -> tuple[Ring, ...]:
            return tuple(tuple((px * across + x, py * scale + y) for px, py in r) for r in rings)

        return Shape(move(self.rings), move(self.holes), self.width * scale)

    def rotated(self, degrees: float, centre: Point) -> Shape:
        turn = radians(degrees)
        cx, cy = centre

        def spin(ring: Ring) -> Ring:
            return tuple(
                (
                    cx + (x - cx) * cos(turn) - (y - cy) * sin(turn),
                    cy + (x - cx) * sin(turn) + (y - cy) * cos(turn),
                )
                for x, y in ring
            )

        return Shape(tuple(map(spin, self.rings)), tuple(map(spin, self.holes)), self.width)


def path(data: str, *, holes: str = "") -> Shape:
    """Build a filled shape from absolute SVG path commands M, L, Q and C (SVG 2, chapter 9)."""
    return Shape(tuple(_rings(data)), tuple(_rings(holes)))


def line(data: str, width: float) -> Shape:
    return Shape(tuple(_rings(data)), width=width)


def turned(half: str, *, axis: float = 50) -> Shape:
    """Build a body of rotation: the right-hand profile, from top to bottom, mirrored at `axis`."""
    profile = next(_rings(half))
    return Shape((profile + tuple((2 * axis - x, y) for x, y in reversed(profile)),))


def polygon(points: Iterable[Point]) -> Shape:
    return Shape((tuple(points),))


def oval(cx: float, cy: float, rx: float, ry: float | None = None, steps: int = 72) -> Shape:
    return arc_of(cx, cy, rx, rx if ry is None else ry, 0, 360, steps)


def arc_of(
    cx: float, cy: float, rx: float, ry: float, start: float, end: float, steps: int = 48
) -> Shape:
    """Return the segment of an ellipse between two angles, clockwise from three o'clock, in
    degrees."""
    angles = (radians(start + (end - start) * step / steps) for step in range(steps + 1))
    return polygon((cx + rx * cos(angle), cy + ry * sin(angle)) for angle in angles)


def block(x: float, y: float, width: float, height: float, radius: float = 0) -> Shape:
    """Build a rectangle with round corners."""
    if radius <= 0:
        return polygon(((x, y), (x + width, y), (x + width, y + height), (x, y + height)))
    corners = (
        (x + width - radius, y + radius, -pi / 2),
        (x + width - radius, y + height - radius, 0.0),
        (x + radius, y + height - radius, pi / 2),
        (x + radius, y + radius, pi),
    )
    quarter = [step * pi / 16 for step in range(9)]
    return polygon(
        (cx + radius * cos(start + angle), cy + radius * sin(start + angle))
        for cx, cy, start in corners
        for angle in quarter
    )


def joined(*shapes: Shape) -> Shape:
    """Combine several filled shapes."""
    return Shape(
        tuple(ring for shape in shapes for ring in shape.rings),
        tuple(hole for shape in shapes for hole in shape.holes),
    )


def bezier(controls: tuple[Point, ...], share: float) -> Point:
    """Return the point at `share` (0 to 1) of a Bézier curve of any degree (de Casteljau)."""
    while len(controls) > 1:
        controls = tuple(
            (ax + (bx - ax) * share, ay + (by - ay) * share)
            for (ax, ay), (bx, by) in pairwise(controls)
        )
    return controls[0]


def _rings(data: str) -> Iterator[Ring]:
    ring: list[Point] = []
    for command, arguments in re.findall(r"([MLQC])([^MLQCZ]*)", data):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", arguments)]
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        if command == "M" and ring:
            yield tuple(ring)
            ring = []
        _extend(ring, command, points)
    if ring:
        yield tuple(ring)


def _extend(ring: list[Point], command: str, points: list[Point]) -> None:
    taken = _POINTS_OF[command]
    if taken == 1:
        ring.extend(points)
        return
    for index in range(0, len(points), taken):
        controls = (ring[-1], *points[index : index + taken])
        ring.extend(bezier(controls, step / _CURVE_STEPS) for step in range(1, _CURVE_STEPS + 1))
