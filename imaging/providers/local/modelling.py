"""Light on objects: a part's material becomes colour, gradient, grained shade and highlight."""

from __future__ import annotations

from dataclasses import dataclass, replace

from imaging.providers.local.canvas import Canvas, Gradient
from imaging.providers.local.colour import Lch
from imaging.providers.local.geometry import Shape
from imaging.providers.local.palette import Palette
from imaging.providers.local.products.parts import Part, Product, Tone

#: Light falls from the upper left: shade grows in this direction.
LIGHT = 32.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a product stands: its scale and the canvas point of its lower middle."""

    scale: float
    x: float
    ground: float

    def put(self, shape: Shape) -> Shape:
        return shape.placed(self.scale, self.x - 50 * self.scale, self.ground - 100 * self.scale)


def draw_product(canvas: Canvas, product: Product, place: Place, palette: Palette) -> None:
    """Draw the parts from back to front, lit from the upper left."""
    for part in product.parts:
        within = place.put(part.within) if part.within else None
        placed = replace(part, shape=place.put(part.shape), within=within)
        _FINISHES[part.finish](canvas, placed, tone_of(part.tone, palette))


def tone_of(tone: Tone, palette: Palette) -> Lch:
    body = palette.body
    towards_white = body.lightness > 0.82
    tones = {
        "body": body,
        "deep": body.lighter(-0.13 if not towards_white else -0.1),
        "pale": body.lighter(0.09 if not towards_white else -0.04),
        "accent": palette.accent,
        "metal": Lch(0.80, 0.012, palette.wall.hue),
        "gold": Lch(0.78, 0.105, 84),
        "paper": Lch(0.95, 0.018, 88),
        "ink": Lch(0.27, 0.022, body.hue),
        "leaf": Lch(0.52, 0.095, 148) if abs(body.hue - 148) > 30 else body,
        "wood": Lch(0.56, 0.075, 58),
        "glow": Lch(0.92, 0.10, 88),
    }
    return tones[tone]


def _flat(canvas: Canvas, part: Part, colour: Lch) -> None:
    canvas.fill(part.shape, colour, within=part.within)


def _soft(canvas: Canvas, part: Part, colour: Lch) -> None:
    light = Gradient((colour.lighter(0.055), colour, colour.lighter(-0.05)), LIGHT)
    canvas.fill(part.shape, light, within=part.within)
    if part.within is None:
        canvas.shade(part.shape, _shade(colour), angle=LIGHT, reach=0.62, strength=0.62)


def _round(canvas: Canvas, part: Part, colour: Lch) -> None:
    stops = (
        colour.lighter(-0.05),
        colour.lighter(0.07),
        colour.lighter(0.02),
        colour.lighter(-0.04),
        colour.lighter(-0.13),
        colour.lighter(-0.09),
    )
    canvas.fill(part.shape, Gradient(stops, 0), within=part.within)
    if part.within is None:
        canvas.shade(part.shape, _shade(colour), angle=8, reach=0.5, strength=0.5)


def _polished(canvas: Canvas, part: Part, colour: Lch) -> None:
    stops = (
        colour.lighter(-0.12),
        colour.lighter(0.02),
        colour.lighter(0.15).muted(0.7),
        colour,
        colour.lighter(-0.06),
        colour.lighter(-0.17),
        colour.lighter(-0.02),
    )
    canvas.fill(part.shape, Gradient(stops, 12), within=part.within)


def _glass(canvas: Canvas, part: Part, colour: Lch) -> None:
    clear = colour.at(max(colour.lightness, 0.8), colour.chroma * 0.45)
    canvas.fill(part.shape, Gradient((clear, clear.lighter(0.1), clear), LIGHT), opacity=0.5)
    canvas.shade(part.shape, _shade(colour), angle=LIGHT, reach=0.3, strength=0.3)


def _shade(colour: Lch) -> Lch:
    """Return a darker, slightly richer colour that leans to blue, as under a clear sky."""
    return Lch(max(colour.lightness - 0.2, 0.1), colour.chroma * 0.95 + 0.012, colour.hue - 8)


_FINISHES = {
    "flat": _flat,
    "soft": _soft,
    "round": _round,
    "polished": _polished,
    "glass": _glass,
}
