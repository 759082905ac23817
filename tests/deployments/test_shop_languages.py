"""A shop's own texts in Hindi and Assamese; the sample products keep their English names."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from deployments.builder import pages, shop
from deployments.builder.catalogue import load_category
from deployments.builder.language import SCRIPT, load_language
from deployments.categories import CATEGORIES
from tests.deployments.built_shops import build, make_build_input, pages_of, read

BUILDER = Path(pages.__file__).parent
_TAG = re.compile(r"""\{% t (?:"([^"]*)"|'([^']*)')""")
_SAID = re.compile(r"""_?say\((?:shop, )?"([^"]+)"\)?""")
LANGUAGES = {"hi": "\u0900-\u097f", "as": "\u0980-\u09ff"}


def own_texts() -> set[str]:
    """Return every English text of templates, pages, script and catalogue."""
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
        assert letters.search(page.texts["title"]) or path.startswith("/products/"), path
        assert letters.search(page.texts["h2"]), path
        assert "Nova <b>" not in html
    about = (site / "about" / "index.html").read_text()
    assert "What we look for" not in about
    product = next(site.glob("products/*/index.html")).read_text()
    assert '<h1 lang="en">' in product


def test_an_english_shop_has_no_translations(tmp_path: Path) -> None:
    site = build(make_build_input(), tmp_path / "en")
    assert 'id="words"' not in (site / "index.html").read_text()
