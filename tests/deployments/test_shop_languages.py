"""Shops in Hindi and Assamese: their own texts and their sample products."""

from __future__ import annotations

import re
from html import unescape
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest

from deployments.builder import pages, shop
from deployments.builder.catalogue import Product, load_category
from deployments.builder.language import SCRIPT, load_language
from deployments.categories import CATEGORIES
from tests.deployments.built_shops import build, make_build_input, pages_of, read

BUILDER = Path(pages.__file__).parent
_TAG = re.compile(r"""\{% t (?:"([^"]*)"|'([^']*)')""")
_SAID = re.compile(r"""_?say\((?:shop, )?"([^"]+)"\)?""")
_LATIN_WORD = re.compile(r"[A-Za-z]{3,}(?:-[A-Za-z]+)*|USB-C")
#: Names of standards and units that Indian shops write in Latin letters.
_SAME_EVERYWHERE = {
    *("RFID", "API", "psi", "ISI", "DOT", "TPE", "TSA", "SPF", "IPX", "USB-C", "mAh", "Bluetooth"),
    *("dpi", "AMOLED", "GPS", "ATM", "LED", "USB-MIDI", "bpm", "SUV", "XXL"),
}
LANGUAGES = {"hi": "\u0900-\u097f", "as": "\u0980-\u09ff"}


def own_texts() -> set[str]:
    """Return every English text of templates, pages, script and categories."""
    texts = {shop.ABOUT, *SCRIPT, *CATEGORIES}
    texts |= {load_category(name).tagline for name in CATEGORIES}
    for file in (BUILDER / "templates").rglob("*.html"):
        texts |= {one or other for one, other in _TAG.findall(file.read_text())}
    source = (BUILDER / "pages.py").read_text()
    texts |= set(_SAID.findall(source))
    texts |= {text for policy in pages._POLICIES for text in policy[1:]}
    return texts


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_is_translated_with_its_values_and_markup(code: str) -> None:
    words = load_language(code).words

    assert own_texts() - set(words) == set()
    for text, translation in words.items():
        assert names_in(text) == names_in(translation), text
        assert re.findall("<[^>]+>", text) == re.findall("<[^>]+>", translation), text


def test_the_script_says_what_is_translated_for_it() -> None:
    script = "".join(path.read_text() for path in (BUILDER / "assets").glob("*.js"))
    assert [text for text in SCRIPT if f'"{text}"' not in script] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_shop_speaks_its_language(code: str, tmp_path: Path) -> None:
    categories = ("Footwear", "Pet Supplies", "Art & Crafts")
    site = build(make_build_input("Nova <b>", *categories, language=code), tmp_path / code)
    letters = re.compile(f"[{LANGUAGES[code]}]")

    for path, html in pages_of(site):
        page = read(html)
        assert page.faults == [], path
        assert f'<html lang="{code}">' in html
        assert letters.search(page.texts["title"]), path
        assert letters.search(page.texts["h2"]), path
        assert "Nova <b>" not in html
    about = (site / "about" / "index.html").read_text()
    assert "What we look for" not in about


def texts_of(product: Product) -> list[str]:
    options = [text for name, values in product.options for text in (name, *values)]
    return [product.name, product.text, *product.details, *options]


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_sample_product_is_left_in_english(code: str) -> None:
    say = load_language(code).say
    pairs = [(load_category(name), load_category(name, code)) for name in CATEGORIES]
    both = chain.from_iterable(zip(a.products, b.products, strict=True) for a, b in pairs)
    for source, product in both:
        assert (product.slug, product.price) == (source.slug, source.price)
        assert len(product.details) == len(source.details)
        for text in map(say, texts_of(product)):
            left = set(_LATIN_WORD.findall(text)) - _SAME_EVERYWHERE
            assert not left, f"{product.slug}: {text}"
            assert not (code == "as" and "\u09b0" in text), f"a Bengali ra: {text}"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_of_a_product_is_in_the_language_of_the_shop(code: str, tmp_path: Path) -> None:
    site = build(make_build_input("नोवा", *CATEGORIES[:5], language=code), tmp_path / code)
    samples = chain.from_iterable(load_category(name).products for name in CATEGORIES[:5])
    texts = chain.from_iterable(map(texts_of, samples))
    english = {text for text in texts if set(_LATIN_WORD.findall(text)) - _SAME_EVERYWHERE}
    for path, html in pages_of(site):
        shown = re.findall(r'>([^<>]{3,})<|="([^"]{3,})"', html)
        assert not {unescape(text).strip() for pair in shown for text in pair} & english, path
    assert "Kurta" not in next(site.glob("assets/index.*")).read_text()


def test_an_english_shop_has_no_translations(tmp_path: Path) -> None:
    site = build(make_build_input(), tmp_path / "en")
    assert 'id="words"' not in (site / "index.html").read_text()
