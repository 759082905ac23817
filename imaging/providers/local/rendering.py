"""Render a direction as SVG: the set, the products with their shadows, the light before them.

The shorter side of the picture has 1000 units. The pieces are files of the folder `sets`: floors in
a box of 1000 by 400, the others around the subject's middle or foot, with 100 for half its width.
"""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from string import Template
from typing import NamedTuple

import pyvips

from config.fonts import font_files
from deployments.builder.colours import channels, mix
from deployments.builder.product_images import fill_drawing
from imaging.providers.local.direction import INK, Direction, Subject, is_dark
from imaging.providers.local.reading import TABLES
from imaging.sizes import Size

_FOLDER = Path(__file__).parent / "sets"
#: A white background stays white.
_WHITE = "#f7f7f5"
#: What the fonts lack: all but Latin, Greek, Cyrillic, common signs and the scripts of India.
_UNDRAWABLE = re.compile("[^ -~\u00a0-\u024f\u0370-\u04ff\u0900-\u0d7f\u2010-\u2026\u20b9]")


class _Thing(NamedTuple):
    """A product in the picture: its drawing, the middle of its foot, and half its foot's width."""

    svg: str
    x: float
    y: float
    half: float


def render(plan: Direction, size: Size) -> bytes:
    """Return a PNG of exactly `size`."""
    unit = min(size.width, size.height) / 1000
    stage = _Stage(plan, size.width / unit, size.height / unit)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size.width}" height="{size.height}" '
        f'viewBox="0 0 {stage.width} {stage.height}" preserveAspectRatio="none">'
        f"{''.join(stage.draw())}</svg>"
    )
    image = pyvips.Image.svgload_buffer(svg.encode(), access="sequential").flatten()
    if plan.lettering and (words := _UNDRAWABLE.sub("", plan.lettering).strip()):
        image = _write(image, words, "#ffffff" if is_dark(plan.wall) else INK)
    return bytes(image.cast("uchar").pngsave_buffer(compression=3, keep="none"))


class _Stage(NamedTuple):
    """A picture of `width` by `height` units."""

    plan: Direction
    width: float
    height: float

    def draw(self) -> Iterator[str]:
        plan, cues, is_white = self.plan, self.plan.cues, self.plan.wall == _WHITE
        is_flat = cues["view"] == "flat" or not plan.subject.foot
        things = list(self._place(is_flat=is_flat))
        subject = things[-1]
        yield self._piece("white" if is_white else "wall")
        if cues["surface"] or not (is_flat or is_white):
            top = 0 if is_flat else self.height * 0.65
            name = f"floor-{cues['surface']}".removesuffix("-")
            yield self._piece(name, 0, top, self.width / 1000, (self.height - top) / 400)
        yield from self._draw_stage(subject, is_flat=is_flat)
        if cues["props"] == "bokeh":
            yield self._piece("props-bokeh", by=max(self.width, self.height) / 1000)
        elif cues["props"]:
            foot, reach = min(subject.y + 50, self.height * 0.94), subject.half * 0.012
            yield self._piece(f"props-{cues['props']}", subject.x, foot, min(max(reach, 2.5), 4.2))
        for thing in things:
            if not is_flat:
                low = min(thing.y + 150, self.height * 0.93) if cues["view"] == "float" else thing.y
                yield self._piece("shadow", thing.x, low, thing.half / 100)
            else:
                yield self._piece("lift", thing.x, thing.y - thing.half, thing.half / 62)
            yield thing.svg
        yield self._piece(f"light-{cues['light']}") if cues["light"] else ""
        yield self._piece("leaf-shadow", self.width * 0.86) if plan.is_rich else ""
        yield "" if is_white else self._piece("vignette")

    def _place(self, *, is_flat: bool) -> Iterator[_Thing]:
        """Yield the companion, then the subject: on the floor, or in the middle without one."""
        plan, view, chance = self.plan, self.plan.cues["view"], self.plan.chance
        scale = chance.uniform(1.85, 2.1) * (1.35 if view == "close" else 1)
        scale *= 1.12 if self.height > 1.2 * self.width else 1
        is_aside = plan.cues["place"] and self.width > 1.2 * self.height
        x = 0.36 if is_aside else 0.43 if plan.companion else 0.5
        x = self.width * (x + chance.uniform(-0.04, 0.04))
        y = self.height * (0.9 if view == "close" else 0.72 if view == "float" else 0.8)
        is_raised = plan.cues["stage"] == "podium" and not is_flat
        y = self.height - 210 if is_raised else self.height / 2 + 150 * scale if is_flat else y
        if plan.companion:
            right = min(x + 175 * scale, self.width - 105 * scale)
            low = y + (-120 if is_flat else 140 if is_raised else -40)
            yield self._draw(plan.companion, plan.companion.looks[0], (right, low, scale * 0.6))
        yield self._draw(plan.subject, plan.look, (x, y, scale))

    def _draw(
        self, subject: Subject, look: tuple[str, str, str], place: tuple[float, float, float]
    ) -> _Thing:
        """Colour a drawing and set it on its foot; what floats or lies is turned a little."""
        (x, y, scale), (foot, half) = place, subject.foot or (350, 120)
        most = 14 if self.plan.cues["view"] in ("flat", "float") else 0
        angle = self.plan.chance.uniform(-most, most)
        drawn = fill_drawing(subject.drawing, *look, name=f"m{scale:.3f}")
        svg = (
            f"<g transform='translate({x - 200 * scale:.1f} {y - foot * scale:.1f}) "
            f"scale({scale:.4f}) rotate({angle:.1f} 200 200)'>{drawn}</g>"
        )
        return _Thing(svg, x, y, half * scale)

    def _draw_stage(self, subject: _Thing, *, is_flat: bool) -> Iterator[str]:
        name, radius = self.plan.cues["stage"], subject.half + 90
        if name == "podium" and not is_flat:
            yield self._piece("shadow", subject.x, subject.y + 190, radius / 90)
            yield self._piece("podium", subject.x, subject.y - radius * 0.05, radius / 100)
        elif name:
            middle = self.height / 2 if is_flat else subject.y - 260
            yield self._piece(f"stage-{name}".replace("podium", "halo"), subject.x, middle, 3.6)

    def _piece(self, name: str, x: float = 0, y: float = 0, by: float = 1, down: float = 0) -> str:
        drawn = Template((_FOLDER / f"{name}.svg").read_text()).substitute(self._colours())
        return f"<g transform='translate({x} {y}) scale({by} {down or by})'>{drawn}</g>"

    def _colours(self) -> dict[str, str]:
        plan, is_dim = self.plan, self.plan.cues["light"] in ("dark", "neon")
        floor = TABLES["floors"].get(plan.cues["surface"], plan.wall)
        floor = mix(floor, INK, 0.62) if is_dim and floor != plan.wall else floor
        colours = {
            "white": "#ffffff", "ink": INK, "stone": "#6f6a66", "wall": plan.wall, "mid": floor,
            "shape": plan.shape, "accent": plan.look[1],
        }  # fmt: skip
        for name, shade in TABLES["shades"].items():
            one, other, *shares = shade.split()
            colours[name] = mix(colours[one], colours[other], float(shares[-1 if is_dim else 0]))
        glow, edge = ("0.16", "0.34") if is_dim else ("0.5", "0.13")
        return colours | {"glow": glow, "edge": edge}


def _write(image: pyvips.Image, words: str, ink: str) -> pyvips.Image:
    """Set the lettering across the upper part."""
    family, (_, bold) = list(font_files(words).items())[-1]
    name = re.sub("(?<=[a-z])(?=[A-Z])", " ", family)
    mask = pyvips.Image.text(escape(words), font=f"{name} Bold", fontfile=str(bold),
                             width=round(image.width * 0.8), height=round(image.height * 0.12),
                             align="centre").copy_memory()  # fmt: skip
    left, top = (image.width - mask.width) // 2, round(image.height * 0.07)
    layer = mask.new_from_image(channels(ink)).bandjoin(mask).copy(interpretation="srgb")
    return image.composite2(layer, "over", x=left, y=top).flatten()
