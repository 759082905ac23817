"""The set of a picture as SVG: wall, floor, stage and props behind the subject, light before it.

Lengths are units of which the shorter side of the picture has 1000. The pieces are files of the
folder `sets`: floors in a box of 1000 by 400, stages and props around the subject's middle or foot,
with 100 for half its width.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from deployments.builder.colours import mix
from imaging.providers.local.direction import Direction

_FOLDER = Path(__file__).parent / "sets"
_INK = "#15131a"
#: A white background stays white.
_WHITE = "#f7f7f5"
_FLOORS = {
    "wood": "#b88a5c", "marble": "#f1efec", "stone": "#b3b0ac", "sand": "#e6d2ac",
    "grass": "#8fae6b", "water": "#9cc9d6",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the subject stands: the middle of its foot, and its size."""

    x: float
    base: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Set:
    """Draws the set of one direction for a picture of `width` by `height` units."""

    plan: Direction
    width: float
    height: float

    @property
    def is_flat(self) -> bool:
        """Whether there is no floor: the subject lies on the surface or hangs on the wall."""
        return self.plan.view == "flat" or not self.plan.subject.stands

    def draw_back(self, spot: Spot, behind: Spot | None) -> Iterator[str]:
        """Yield what is behind the subject and its companion."""
        yield self._piece("white" if self.plan.wall == _WHITE else "wall")
        if self.plan.view == "flat" and self.plan.surface:
            yield self._floor(0)
        yield from self._stage(spot)
        if not self.is_flat:
            yield from self._ground(spot)
        if self.plan.props == "bokeh":
            yield self._piece("props-bokeh", scale=max(self.width, self.height) / 1000)
        elif self.plan.props:
            foot = self.height * 0.9 if self.is_flat else min(spot.base + 50, self.height * 0.94)
            reach = min(max(spot.width * 0.62, 250), 420) / 100
            yield self._piece(f"props-{self.plan.props}", spot.x, foot, reach)
        for place in (behind, spot):
            if place and not self.is_flat:
                yield from self._contact(place)

    def draw_front(self) -> Iterator[str]:
        """Yield the light before the subject."""
        if self.plan.light:
            yield self._piece(f"light-{self.plan.light}")
        if self.plan.is_rich and self.plan.light in ("warm", ""):
            yield self._piece("leaf-shadow", self.width * 0.86)
        if self.plan.wall != _WHITE:
            yield self._piece("vignette")

    def _stage(self, spot: Spot) -> Iterator[str]:
        name = self.plan.stage
        if name == "podium" and self.is_flat:
            name = "halo"
        if name and name != "podium":
            radius = max(spot.width, spot.height) * 0.62
            yield self._piece(f"stage-{name}", spot.x, spot.base - spot.height / 2, radius / 100)

    def _ground(self, spot: Spot) -> Iterator[str]:
        if self.plan.wall != _WHITE or self.plan.surface:
            yield self._floor(self.height * (0.62 if self.plan.surface else 0.68))
        if self.plan.stage == "podium":
            radius = spot.width * 0.5 + 90
            yield self._shadow(spot.x + 40, spot.base + 190, radius * 1.3, radius * 0.22, 0.3)
            yield self._piece("podium", spot.x, spot.base - radius * 0.05, radius / 100)

    def _floor(self, top: float) -> str:
        name = f"floor-{self.plan.surface}" if self.plan.surface else "floor"
        return self._piece(name, 0, top, self.width / 1000, (self.height - top) / 400)

    def _contact(self, spot: Spot) -> Iterator[str]:
        if self.plan.view == "float":
            low = min(spot.base + 150, self.height * 0.93)
            yield self._shadow(spot.x, low, spot.width * 0.6, spot.width * 0.07, 0.4)
            return
        wide = spot.width
        yield self._shadow(spot.x + wide * 0.14, spot.base + 8, wide * 0.78, wide * 0.1 + 12, 0.3)
        yield self._shadow(spot.x, spot.base - 2, wide * 0.56, wide * 0.045 + 7, 0.55)

    def _shadow(self, x: float, y: float, rx: float, ry: float, opacity: float) -> str:
        return (
            f"{_load_piece('shadow').template}<ellipse cx='{x}' cy='{y}' rx='{rx}' ry='{ry}' "
            f"fill='url(#shadow)' opacity='{opacity}'/>"
        )

    def _piece(
        self, name: str, x: float = 0, y: float = 0, scale: float = 1, down: float = 0
    ) -> str:
        drawn = _load_piece(name).substitute(self._colours())
        if name in ("wall", "white", "vignette") or name.startswith("light"):
            return drawn
        return f"<g transform='translate({x} {y}) scale({scale} {down or scale})'>{drawn}</g>"

    def _colours(self) -> dict[str, str]:
        wall, shape, dark = self.plan.wall, self.plan.shape, self.plan.light in ("dark", "neon")
        floor = _FLOORS.get(self.plan.surface, wall)
        floor = mix(floor, _INK, 0.62) if dark and floor != wall else floor
        ball = mix(self.plan.look[1], wall, 0.3)
        return {
            "wall": wall, "high": mix(wall, "#ffffff", 0.05 if dark else 0.3),
            "low": mix(wall, _INK, 0.3 if dark else 0.07), "glow": "0.16" if dark else "0.5",
            "far": mix(floor, _INK, 0.13), "mid": floor, "near": mix(floor, "#ffffff", 0.16),
            "line": mix(floor, _INK, 0.28), "hill": mix(mix(floor, _INK, 0.13), wall, 0.45),
            "shape": shape, "light": mix(shape, "#ffffff", 0.22), "deep": mix(shape, _INK, 0.16),
            "grey": mix(wall, "#6f6a66", 0.5), "ball": ball, "edge": "0.34" if dark else "0.13",
            "balllight": mix(ball, "#ffffff", 0.45), "balldark": mix(ball, _INK, 0.35),
        }  # fmt: skip


@cache
def _load_piece(name: str) -> Template:
    return Template((_FOLDER / f"{name}.svg").read_text(encoding="utf-8"))
