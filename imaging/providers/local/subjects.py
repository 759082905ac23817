"""The drawings of pictures: those of the shop builder, and those of the folder `drawings`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from string import Template

from deployments.builder.catalogue import Product, load_category
from deployments.builder.colours import colour_of
from deployments.builder.product_images import load_drawing
from deployments.builder.themes import THEMES, Theme, theme_of
from deployments.categories import CATEGORIES
from imaging.providers.local.reading import NO_SUBJECT, entries

_OWN = Path(__file__).parent / "drawings"
_STILL_LIFES = (("sage", "terracotta"), ("sand", "slate"), ("cream", "teal"), ("rose", "cocoa"))
#: The shadow that the drawings stand on; the picture has its own.
_FOOT = re.compile(r'<ellipse cx="200" cy="\d+" rx="\d+" ry="\d+" fill="#1a1420" opacity="\.14"/>')


@dataclass(frozen=True, slots=True)
class Subject:
    """`looks` are triples of main colour, accent and pattern; a subject that `stands` has a foot,
    others hang or lie."""

    drawing: Template
    stands: bool
    looks: tuple[tuple[str, str, str], ...]
    theme: Theme
    companions: tuple[str, ...]


@cache
def find_subject(name: str) -> Subject:
    """Return the drawing of a name in the lexicon; a neutral still life for `NO_SUBJECT`."""
    products = [product for product in _catalogue() if product.drawing == name]
    if products:
        theme = theme_of(products[0].category)
        looks = tuple((colour_of(p.colour), colour_of(p.accent), p.pattern) for p in products)
        near = [p.drawing for p in _catalogue() if p.category == products[0].category]
        return _subject(load_drawing(name), looks, theme, near, name)
    if name == NO_SUBJECT:
        drawing = Template((_OWN / "stilllife.svg").read_text(encoding="utf-8"))
        looks = tuple((colour_of(main), colour_of(accent), "") for main, accent in _STILL_LIFES)
        return _subject(drawing, looks, THEMES[0], ["vase", "creamjar", "plant", "candle"], name)
    main, accent, theme_name = entries()[name].look
    theme = next(theme for theme in THEMES if theme.name == theme_name)
    near = [entry.name for entry in entries().values() if theme_name in entry.look]
    near += [product.drawing for product in _catalogue() if theme_of(product.category) is theme]
    drawing = Template((_OWN / f"{name}.svg").read_text(encoding="utf-8"))
    return _subject(drawing, ((colour_of(main), colour_of(accent), ""),), theme, near, name)


def _subject(
    drawing: Template,
    looks: tuple[tuple[str, str, str], ...],
    theme: Theme,
    near: list[str],
    name: str,
) -> Subject:
    bare = Template(_FOOT.sub("", drawing.template, count=1))
    companions = tuple(other for other in dict.fromkeys(near) if other != name)
    return Subject(bare, bare.template != drawing.template, looks, theme, companions)


@cache
def _catalogue() -> tuple[Product, ...]:
    return tuple(chain.from_iterable(load_category(name).products for name in CATEGORIES))
