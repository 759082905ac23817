"""The parts of a product's silhouette, in a box of 100 by 100 whose lower edge is the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from imaging.providers.local.geometry import Shape, path

#: Whose colour: the product's own (plain, darker, lighter), the palette's accent, or a material.
Tone = Literal[
    "body", "deep", "pale", "accent", "metal", "gold", "paper", "ink", "leaf", "wood", "glow"
]
#: How light models it: a flat sheet, a soft side, a cylinder, a polished cylinder, clear glass.
Finish = Literal["flat", "soft", "round", "polished", "glass"]


@dataclass(frozen=True, slots=True)
class Part:
    """One shape of one material; where `within` is given, only what lies inside it shows."""

    shape: Shape
    tone: Tone
    finish: Finish = "soft"
    within: Shape | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """Parts from back to front. `extent` is the larger of width and height that they fill;
    `hangs` says that it hangs on the wall instead of standing.
    """

    parts: tuple[Part, ...]
    extent: float = 100
    foot: float = 34
    hangs: bool = False


def leaf(x: float, y: float, length: float, degrees: float) -> Shape:
    """Build a leaf that starts at (x, y); at 0° it points upwards."""
    wide = length * 0.27
    half = f"C {x + wide} {y - length * 0.25} {x + wide} {y - length * 0.7} {x} {y - length}"
    back = f"C {x - wide} {y - length * 0.7} {x - wide} {y - length * 0.25} {x} {y}"
    return path(f"M {x} {y} {half} {back} Z").rotated(degrees, (x, y))
