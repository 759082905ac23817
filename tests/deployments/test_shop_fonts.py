"""Shops in Hindi and Assamese, or of such a name, bring the fonts of their scripts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from deployments.builder.base import Merchant
from deployments.targets.files import FOREVER, cache_control_of, content_type_of
from tests.deployments.built_shops import build, file_at, make_build_input, pages_of, read

HINDI, ASSAMESE = "NotoSansDevanagari", "NotoSansBengali"
SHOPS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "hindi": ({"language": "hi"}, [HINDI]),
    # Its sentences end in a danda, which Unicode counts among the letters of Hindi.
    "assamese": ({"language": "as"}, [ASSAMESE]),
    "an English shop": ({}, []),
    "a brand in Hindi": ({"brand_name": "श्री ट्रेडर्स"}, [HINDI]),
    "a story in Assamese": ({"merchant": Merchant(about="আমাৰ কাহিনী।")}, [ASSAMESE]),
    "an address in Hindi": ({"merchant": Merchant(address_lines=("१२ पहाड़ी रोड",))}, [HINDI]),
    "a brand in Tamil": ({"brand_name": "தமிழ் சுவை"}, []),
    "both": ({"language": "as", "brand_name": "नया"}, [HINDI, ASSAMESE]),
}


def fonts_of(site: Path) -> list[Path]:
    return sorted(site.rglob("*.woff2"), key=lambda file: [HINDI, ASSAMESE].index(family(file)))


def family(file: Path) -> str:
    return file.name.partition(".")[0]


@pytest.mark.parametrize(("fields", "expected"), SHOPS.values(), ids=SHOPS)
def test_a_shop_brings_the_fonts_of_its_texts_and_no_other(
    fields: dict[str, Any], expected: list[str], tmp_path: Path
) -> None:
    site = build(make_build_input(**fields), tmp_path / "site")
    css = next(site.glob("assets/*.css")).read_text()

    fonts = fonts_of(site)
    assert [family(file) for file in fonts] == expected
    assert re.findall(r'src:url\("(.+?)"\)', css) == [file.name for file in fonts]
    assert css.count("@font-face") == len(expected)
    assert ("--tight" in css.partition("}\n*")[0]) == bool(expected)
    for file in fonts:
        # Relative to the stylesheet: a shop may stand below a path of the platform's host.
        assert file.parent == site / "assets"
        assert content_type_of(file.name) == "font/woff2"
        assert cache_control_of(file.name) == FOREVER


@pytest.mark.parametrize(("language", "expected"), [("hi", HINDI), ("as", ASSAMESE), ("en", "")])
def test_the_font_of_the_language_loads_beside_the_stylesheet(
    language: str, expected: str, tmp_path: Path
) -> None:
    """But not another one, which the page may not need."""
    fields: dict[str, Any] = {
        "language": language,
        "merchant": Merchant(address_lines=("१२ रोड", "গুৱাহাটী")),
    }
    site = build(make_build_input(**fields), tmp_path / "site")
    for _, html in pages_of(site):
        links = [attrs for _, attrs in read(html).elements if attrs.get("rel") == "preload"]
        assert [family(file_at(site, link["href"])) for link in links] == [expected] * bool(
            expected
        )
        assert all((link["as"], link["type"]) == ("font", "font/woff2") for link in links)
        assert all("crossorigin" in link for link in links)
        assert all(file_at(site, link["href"]).is_file() for link in links)


@pytest.mark.parametrize("brand", ["सूर्योदय हस्तशिल्प", "ব্ৰহ্মপুত্ৰ খেলনা", "தமிழ் சுவை"])
def test_pictures_have_indian_letters_as_shapes(brand: str, tmp_path: Path) -> None:
    """A picture loads no font, and many devices have none of these scripts."""
    site = build(make_build_input(brand), tmp_path / "site")
    for name in ("favicon.svg", "logo.svg"):
        picture = (site / name).read_text()
        assert "<text" not in picture
        assert len(re.findall('<path transform="translate.+?d="M[^"]{200,}"', picture)) >= 1
    assert "<text" in (build(make_build_input("Nova"), tmp_path / "latin") / "logo.svg").read_text()
