"""What the shops sell: the starter catalogue, its prices and its pictures; themes and words."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

import pytest

from deployments.builder import catalogue
from deployments.builder.catalogue import Product, load_category
from deployments.builder.colours import contrast
from deployments.builder.money import find_currency
from deployments.builder.product_images import draw_product, draw_scene
from deployments.builder.shop import plan_shop
from deployments.builder.text import clean_text, initial_of, width_of, wrap_text
from deployments.builder.themes import THEMES, Theme, theme_of
from deployments.categories import CATEGORIES
from tests.deployments.built_shops import make_build_input

PRODUCTS = list(chain.from_iterable(load_category(name).products for name in CATEGORIES))
DRAWINGS = Path(catalogue.__file__).parents[1] / "drawings"


def test_each_category_has_eight_products_of_names_found_nowhere_else() -> None:
    assert {len(load_category(name).products) for name in CATEGORIES} == {8}
    assert len({product.slug for product in PRODUCTS}) == len(PRODUCTS)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.slug)
def test_a_product_is_described_and_can_be_drawn(product: Product) -> None:
    assert product.price > 0
    assert product.text.endswith(".")
    assert len(product.details) >= 2
    assert all(len(values) >= 2 for _, values in product.options)
    picture = draw_product(product, theme_of(product.category))
    assert "$" not in picture
    ElementTree.fromstring(picture)


def test_no_drawing_is_left_without_a_product() -> None:
    drawn = {product.drawing for product in PRODUCTS}
    assert drawn == {file.stem for file in DRAWINGS.glob("*.svg")}


def test_the_products_of_a_scene_keep_their_colours_apart() -> None:
    scene = ElementTree.fromstring(draw_scene(tuple(PRODUCTS[:3]), THEMES[0]))
    names = [node.get("id") for node in scene.iter() if node.get("id")]
    assert len(names) == len(set(names)) == 6


def test_every_category_has_its_theme() -> None:
    assert {theme_of(name) for name in CATEGORIES} == set(THEMES)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_of_every_theme_can_be_read(theme: Theme) -> None:
    for ground in (theme.ground, theme.surface, theme.band):
        assert contrast(theme.ink, ground) >= 7
        assert contrast(theme.muted, ground) >= 4.5
        assert contrast(theme.brand, ground) >= 4.5
    assert contrast(theme.on_brand, theme.brand) >= 4.5
    assert contrast(theme.on_deep, theme.deep) >= 7


@pytest.mark.parametrize(
    ("label", "price"),
    [
        ("₹", "₹1,49,990"),
        ("inr", "₹1,49,990"),
        ("", "₹1,49,990"),
        ("$", "$1,765"),
        ("EUR", "€1,580"),
        ("AED", "AED\u00a06,520"),
        ("Doubloon", "Doubloon\u00a0149,990"),
    ],
)
def test_prices_are_written_as_the_currency_is(label: str, price: str) -> None:
    currency = find_currency(label)
    assert currency.format(currency.convert(149_990)) == price


@pytest.mark.parametrize(
    ("amount", "written"),
    [(5, "₹5"), (999, "₹999"), (1_000, "₹1,000"), (99_999, "₹99,999"), (1_00_005, "₹1,00,005"),
     (12_34_56_789, "₹12,34,56,789")],
)  # fmt: skip
def test_rupees_are_grouped_as_in_india(amount: int, written: str) -> None:
    assert find_currency("₹").format(amount) == written


@pytest.mark.parametrize(
    ("name", "initial"),
    [("nova", "N"), ("  «Élan»", "É"), ("हिंदी", "हिं"), ("क्षमा", "क्ष"), ("தோழி", "தோ"),
     ("سوق", "س"), ("🧸 Bear", "B"), ("🧸🎈", "🧸"), ("7 Hills", "7")],
)  # fmt: skip
def test_an_initial_is_what_a_reader_takes_for_one(name: str, initial: str) -> None:
    assert initial_of(name) == initial


def test_text_keeps_no_character_that_breaks_or_turns_what_is_around_it() -> None:
    assert clean_text(" a\x00\ud800b\u202e\n c\ufffe ") == "ab c"


@pytest.mark.parametrize(
    ("brand", "is_long"),
    [
        ("Nova Retail", False),
        ("Maharashtra Silk", True),
        ("सिल्कएम्पोरियम", True),
        ("A Few Good Things of the House", True),
    ],
)
def test_a_name_that_large_letters_would_break_is_set_smaller(brand: str, is_long: bool) -> None:
    assert plan_shop(make_build_input(brand)).has_long_brand is is_long


def test_a_long_name_is_cut_to_the_lines_it_has() -> None:
    rows = wrap_text("The Most Honourable Emporium of Fine Goods and " + "W" * 80, 12, 2)
    assert len(rows) == 2
    assert all(width_of(row) <= 13 for row in rows)
    assert rows[-1].endswith("…")
