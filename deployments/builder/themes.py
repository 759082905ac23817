"""Visual themes of shops, chosen by the leading category. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

_SERIF = '"Iowan Old Style","Palatino Linotype",Palatino,"Noto Serif",Georgia,serif'
_DIDONE = 'Didot,"Bodoni MT","Bodoni 72","Noto Serif Display",Georgia,serif'
_HUMANIST = 'Optima,Candara,"Gill Sans","Noto Sans",source-sans-pro,sans-serif'
_SLAB = 'Rockwell,"Rockwell Nova","Roboto Slab","Sitka Small",Cambria,"Noto Serif",serif'
_GEOMETRIC = '"Avenir Next",Avenir,Montserrat,Corbel,"Noto Sans",system-ui,sans-serif'
_ROUND = 'ui-rounded,"Arial Rounded MT Bold",Nunito,Quicksand,"Noto Sans",system-ui,sans-serif'
_GROTESK = 'Bahnschrift,"DIN Alternate","Franklin Gothic Medium","Noto Sans",system-ui,sans-serif'
_SYSTEM = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif'

Scene = Literal["arch", "sun", "hills", "blobs", "panel"]


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as `#rrggbb`. Text stands in `ink` or `muted` on `ground`, `surface` and `band`, in
    `on_brand` on `brand`, and in `on_deep` on `deep`. `backdrops` are pairs behind the images."""

    name: str
    ground: str
    band: str
    line: str
    ink: str
    muted: str
    brand: str
    deep: str
    backdrops: tuple[tuple[str, str], ...]
    heading: str
    body: str = _SYSTEM
    weight: int = 600
    radius: int = 8
    scene: Scene = "panel"
    surface: str = "#ffffff"
    on_brand: str = "#ffffff"
    on_deep: str = "#f6f3ee"


EDITORIAL = Theme(
    "editorial", "#faf8f5", "#efe9e1", "#ddd4c8", "#1c1917", "#5c544b", "#1c1917", "#1c1917",
    (("#eee4d7", "#e0d0bc"), ("#e7e5df", "#d3cfc4"), ("#f0e1db", "#e0c8be"),
     ("#e3e6de", "#cbd3c4")),
    _SERIF, weight=500, radius=0, scene="arch",
)  # fmt: skip
LUXE = Theme(
    "luxe", "#fcf9f7", "#f4e9e6", "#e6d5d0", "#2a151c", "#6b4f57", "#6a1f3a", "#2f0f1c",
    (("#f3e4df", "#e6cdc6"), ("#efe6e9", "#dccbd1"), ("#f2ebdc", "#e3d5b8"),
     ("#e6e4ea", "#d0ccd8")),
    _DIDONE, weight=500, radius=2, scene="sun",
)  # fmt: skip
SERENE = Theme(
    "serene", "#fbfaf6", "#e9efe6", "#d5ddd0", "#22302a", "#53635a", "#38594a", "#22362d",
    (("#e6ede2", "#d0dccb"), ("#f3e8e1", "#e7d3c7"), ("#eeeadd", "#ded6c0"),
     ("#e2ebea", "#c8d9d7")),
    _HUMANIST, weight=500, radius=22, scene="arch",
)  # fmt: skip
TECH = Theme(
    "tech", "#f6f7fa", "#e7ecf5", "#d3dae6", "#0f172a", "#4b5670", "#1d4ed8", "#0b1220",
    (("#e3e9f4", "#ccd7ec"), ("#e6e4f3", "#d2cdea"), ("#dfecf0", "#c4dce3"),
     ("#ebebef", "#d6d7de")),
    _SYSTEM, weight=700, radius=12, scene="panel", on_deep="#e8eefc",
)  # fmt: skip
CRAFT = Theme(
    "craft", "#fcf8f1", "#f5e8d7", "#e5d2b9", "#2e2219", "#655242", "#97401d", "#3a261a",
    (("#f4e3cd", "#e9cda9"), ("#e9e6d5", "#d5cfb0"), ("#f5dfd4", "#e9c4b1"),
     ("#e2e6e1", "#c6d0c7")),
    _SLAB, weight=600, radius=6, scene="sun",
)  # fmt: skip
FRESH = Theme(
    "fresh", "#fbfdf7", "#eaf3da", "#d3e1bb", "#1c2a15", "#4d5f42", "#2d6a1e", "#1c3614",
    (("#eaf4d6", "#d3e7ae"), ("#fdf0d0", "#f8dd9c"), ("#fde6da", "#f9cbb1"),
     ("#e2f2ec", "#bfe2d4")),
    _GEOMETRIC, weight=700, radius=18, scene="blobs",
)  # fmt: skip
PLAYFUL = Theme(
    "playful", "#fffaf2", "#fdeed2", "#f0dcb4", "#2b2150", "#5a5078", "#6734c9", "#2b2150",
    (("#fff0c9", "#ffdf8e"), ("#dff0ff", "#b9dcfb"), ("#ffe3e6", "#ffc2c9"),
     ("#e2f6e4", "#bde8c4")),
    _ROUND, weight=800, radius=28, scene="blobs", on_deep="#f4efff",
)  # fmt: skip
TRAIL = Theme(
    "trail", "#f7f7f2", "#e6eae0", "#d0d6c8", "#18211b", "#4f5a50", "#b1400f", "#17251c",
    (("#e3eadf", "#c9d6c3"), ("#f1e6d3", "#e2cfac"), ("#dfe8ec", "#c1d3da"),
     ("#efe0d6", "#dfc4b1")),
    _GROTESK, weight=700, radius=4, scene="hills",
)  # fmt: skip

THEMES = (EDITORIAL, LUXE, SERENE, TECH, CRAFT, FRESH, PLAYFUL, TRAIL)
_BY_CATEGORY = {
    "Fashion & Clothing": EDITORIAL,
    "Footwear": EDITORIAL,
    "Accessories": EDITORIAL,
    "Bags & Luggage": EDITORIAL,
    "Jewelry & Watches": LUXE,
    "Beauty & Skincare": SERENE,
    "Health & Wellness": SERENE,
    "Sports & Fitness": TRAIL,
    "Electronics & Gadgets": TECH,
    "Home & Furniture": CRAFT,
    "Kitchen & Dining": CRAFT,
    "Toys & Games": PLAYFUL,
    "Books & Stationery": CRAFT,
    "Food & Beverages": FRESH,
    "Pet Supplies": PLAYFUL,
    "Baby & Kids": PLAYFUL,
    "Automotive & Parts": TECH,
    "Art & Crafts": CRAFT,
    "Music & Instruments": TECH,
    "Outdoor & Camping": TRAIL,
}


def theme_of(category: str) -> Theme:
    return _BY_CATEGORY[category]


def tokens_of(theme: Theme, fonts: Sequence[str] = ()) -> str:
    """Return the theme as CSS custom properties; `fonts` are families of Indian scripts.

    These come first, though they have no Latin letters: behind a font of the system, Chromium
    leaves boxes where a text was laid out before they arrived. Their vowel signs stand above and
    below the line and need room.
    """
    colours = ("ground", "band", "line", "ink", "muted", "brand", "deep", "surface")
    tokens = {name: getattr(theme, name) for name in (*colours, "on_brand", "on_deep")}
    stacks = {"heading": theme.heading, "body": theme.body}
    tokens |= {name: ",".join([*map(_quote, fonts), stack]) for name, stack in stacks.items()}
    tokens |= {"weight": str(theme.weight), "radius": f"{theme.radius}px"}
    if fonts:
        tokens["tight"] = "1.4"
    lines = (f"--{name.replace('_', '-')}:{value};" for name, value in tokens.items())
    return f":root{{{''.join(lines)}}}\n"


def _quote(family: str) -> str:
    return f'"{family}"'
