"""The starter catalogue: the products of a new shop, by category.

Each category is one TOML file beside this one, named by its slug:
`tagline`, then `[[product]]` tables of `name`, `price` (whole rupees), `text`, `details`,
`drawing` (a file of `drawings/`), `colour`, `accent`, optionally `pattern` and `options`.
The folders `hi` and `as` translate `name`, `text` and `details`, by the slug of the product.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from deployments.builder.text import slug_of

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Product:
    """`price` is in whole rupees; `options` are pairs of a name and the values to choose from."""

    slug: str
    name: str
    price: int
    text: str
    details: tuple[str, ...]
    category: str
    drawing: str
    colour: str
    accent: str
    pattern: str
    options: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Category:
    name: str
    slug: str
    tagline: str
    products: tuple[Product, ...]

    @property
    def path(self) -> str:
        return f"/collections/{self.slug}/"


@cache
def load_category(name: str, language: str = "en") -> Category:
    """Load a category; raise `KeyError` if it does not exist."""
    slug = slug_of(name)
    if not (_FOLDER / f"{slug}.toml").is_file():
        raise KeyError(name)
    data = _read(f"{slug}.toml")
    products = tuple(_product_of(row, name) for row in data["product"])
    if language != "en":
        translations = _read(f"{language}/{slug}.toml")
        products = tuple(_translated(one, translations[one.slug]) for one in products)
    return Category(name, slug, data["tagline"], products)


def _read(path: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / path).read_text(encoding="utf-8"))


def _translated(product: Product, row: dict[str, Any]) -> Product:
    return replace(product, name=row["name"], text=row["text"], details=tuple(row["details"]))


def _product_of(row: dict[str, Any], category: str) -> Product:
    return Product(
        slug=slug_of(row["name"]),
        name=row["name"],
        price=row["price"],
        text=row["text"],
        details=tuple(row["details"]),
        category=category,
        drawing=row["drawing"],
        colour=row["colour"],
        accent=row["accent"],
        pattern=row.get("pattern", ""),
        options=tuple((name, tuple(values)) for name, values in row.get("options", {}).items()),
    )
