"""The site that the embedded builder writes: whole, linked, escaped and alike each time."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image

from config.egress.deadline import Deadline, DeadlineExceeded
from deployments.builder.base import BuildFailed, Merchant
from deployments.builder.copy import CopyUnavailable, ShopCopy
from deployments.builder.static import StaticShopBuilder
from deployments.categories import CATEGORIES
from tests.deployments.built_shops import build, file_at, make_build_input, pages_of, read

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
BRANDS = ["Nova Retail", "सूर्योदय हस्तशिल्प", "தமிழ் சுவை", "سوق الورد", "🧸🎈", "N" * 300]
LINKS = ("href", "src", "action", "data-index")


@pytest.fixture(scope="module")
def site(tmp_path_factory: Any) -> Path:
    return build(make_build_input(), tmp_path_factory.mktemp("built") / "site")


def digest(site: Path) -> dict[str, str]:
    files = [file for file in site.rglob("*") if file.is_file()]
    return {str(f.relative_to(site)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def picture_size(file: Path) -> tuple[int, int]:
    with Image.open(file) as picture:
        return picture.size


def size(site: Path) -> int:
    return sum(file.stat().st_size for file in site.rglob("*") if file.is_file())


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_builds_a_small_shop_of_well_formed_and_linked_pages(
    category: str, tmp_path: Path
) -> None:
    site = build(make_build_input("Nova Retail", category), tmp_path / "site")
    assert size(site) < 3_000_000
    pages = dict(pages_of(site))
    assert len([path for path in pages if path.startswith("/products/")]) == 8
    for path, html in pages.items():
        page = read(html)
        assert page.faults == [], path
        for link in page.values(*LINKS):
            if link.startswith("/"):
                assert file_at(site, link).is_file(), f"{path} leads to {link}"


def test_five_categories_make_one_shop_with_a_page_for_each(tmp_path: Path) -> None:
    site = build(make_build_input("Nova", *CATEGORIES[:5]), tmp_path / "site")
    assert len(list((site / "collections").iterdir())) == 5
    assert len(list((site / "pictures").iterdir())) == 40
    assert size(site) < 3_000_000


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_written_inline(site: Path) -> None:
    for path, html in pages_of(site):
        page = read(html)
        for tag, attrs in page.elements:
            assert "style" not in attrs, path
            assert not [name for name in attrs if name.startswith("on")], path
            source = attrs.get("src", "") + (attrs.get("href", "") if tag == "link" else "")
            assert not source or source.startswith("/") or attrs.get("rel") == "canonical", path
            if tag == "script":
                assert "src" in attrs or attrs["type"] == "application/ld+json", path
        assert "style" not in page.texts


def test_the_home_page_stays_light(site: Path) -> None:
    home = read((site / "index.html").read_text())
    loaded = {link for link in home.values("src") if link.startswith("/")}
    loaded |= {attrs["href"] for tag, attrs in home.elements if attrs.get("rel") == "stylesheet"}
    weights = {link: file_at(site, link).stat().st_size for link in loaded}
    assert sum(weights.values()) + (site / "index.html").stat().st_size < 150_000
    assert sum(size for link, size in weights.items() if link.endswith((".css", ".js"))) < 40_000


def test_the_same_input_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    assert digest(build(make_build_input(), tmp_path / "again")) == digest(site)


@pytest.mark.parametrize("brand", BRANDS)
def test_a_brand_in_any_script_stands_in_titles_logo_and_manifest(
    brand: str, tmp_path: Path
) -> None:
    site = build(make_build_input(brand), tmp_path / "site")
    for path, html in pages_of(site):
        assert brand in read(html).texts["title"], path
    logo = ElementTree.parse(site / "logo.svg").getroot()
    assert brand in "".join(logo.itertext())
    assert json.loads((site / "site.webmanifest").read_text())["name"] == brand
    assert picture_size(site / "preview.png") == (1200, 630)


def test_what_the_input_says_is_text_and_never_markup(tmp_path: Path) -> None:
    merchant = Merchant(
        business_name=ATTACK, about=ATTACK, email=ATTACK, phone=f"+91 9820012345{ATTACK}",
        address_lines=(ATTACK,), currency=ATTACK, social_links=((ATTACK, f"https://x.test/{ATTACK}"),),
    )  # fmt: skip
    site = build(make_build_input(ATTACK, merchant=merchant), tmp_path / "site")
    for path, html in pages_of(site):
        page = read(html)
        assert page.faults == [], path
        assert not [attrs for _, attrs in page.elements if "onerror" in attrs], path
        assert all(text.strip().startswith("{") for text in page.scripts if text), path
    for drawing in site.rglob("*.svg"):
        tags = {node.tag.rpartition("}")[2] for node in ElementTree.parse(drawing).iter()}
        assert not tags & {"script", "img", "foreignObject"}


def test_links_of_other_schemes_than_the_webs_are_left_out(tmp_path: Path) -> None:
    links = (
        ("Bad", "javascript:alert(1)"),
        ("Bad", "javascript://x.test/%0aalert(1)"),
        ("Worse", "data:text/html,x"),
        ("Broken", "http://[::1"),
    )
    merchant = Merchant(social_links=(*links, ("Good", "https://social.test/")))
    site = build(make_build_input(merchant=merchant), tmp_path / "site")
    addresses = read((site / "contact/index.html").read_text()).values("href")
    assert "https://social.test/" in addresses
    assert not [link for link in addresses if link.startswith(("javascript", "data", "http://["))]


def test_a_brand_of_nothing_printable_falls_back_to_the_business(tmp_path: Path) -> None:
    site = build(make_build_input(" \u202e\x00 "), tmp_path / "site")
    assert "Nova Retail Private Limited" in read((site / "index.html").read_text()).texts["title"]


def test_structured_data_names_the_shop_the_products_and_the_way_to_them(site: Path) -> None:
    def data(path: str) -> list[dict[str, Any]]:
        return [json.loads(text) for text in read((site / path).read_text()).scripts if text]

    assert [item["@type"] for item in data("index.html")] == ["Organization"]
    product, trail = data("products/court-leather-sneaker/index.html")
    assert product["offers"]["price"] == 3490
    assert product["offers"]["priceCurrency"] == "INR"
    assert [step["name"] for step in trail["itemListElement"]][:2] == ["Home", "Footwear"]


def test_the_sitemap_lists_each_page_that_a_search_engine_may_show(site: Path) -> None:
    listed = re.findall(r"<loc>https://nova-retail-abc123.shop.test(.*?)</loc>",
                        (site / "sitemap.xml").read_text())  # fmt: skip
    indexed = [path for path, html in pages_of(site) if 'content="noindex"' not in html]
    assert sorted(listed) == sorted(indexed)
    assert "/cart/" not in listed
    assert "/404.html" not in listed
    assert f"{make_build_input().production_url}/sitemap.xml" in (site / "robots.txt").read_text()


def test_the_merchants_logo_takes_the_drawn_ones_place(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    Image.new("RGB", (2000, 1000), "#cc0000").save(logo)
    site = build(make_build_input(logo=logo), tmp_path / "site")
    assert picture_size(site / "logo.png") == (400, 200)
    header = dict(read((site / "index.html").read_text()).elements[::-1])["img"]
    assert header == {"class": "brand-logo", "src": "/logo.png", "alt": "Nova Retail"}


def test_without_any_contact_the_shop_still_stands_and_invents_none(tmp_path: Path) -> None:
    site = build(make_build_input(merchant=Merchant()), tmp_path / "site")
    for _, html in pages_of(site):
        assert not re.search(r"mailto:|tel:|wa\.me", html)


def test_a_writer_may_give_the_words(tmp_path: Path) -> None:
    builder = StaticShopBuilder(lambda given, deadline: ShopCopy("Fresh & new.", "About <us>."))
    home = (build(make_build_input(), tmp_path / "site", builder) / "index.html").read_text()
    assert "Fresh &amp; new." in home
    assert "About &lt;us&gt;." in home


def unavailable(build_input: Any, deadline: Any) -> None:
    raise CopyUnavailable


@pytest.mark.parametrize("writer", [unavailable, lambda *_: ShopCopy(" ", "x" * 5000)])
def test_words_that_do_not_come_or_do_not_fit_leave_the_built_in_ones(
    writer: Callable[..., Any], tmp_path: Path, site: Path
) -> None:
    built = build(make_build_input(), tmp_path / "s", StaticShopBuilder(writer))
    assert digest(built) == digest(site)


def test_an_unknown_category_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=r"There is no catalogue for the category Gaming\."):
        build(make_build_input("Nova", "Gaming"), tmp_path / "site")


def test_a_deadline_that_has_passed_ends_the_build(tmp_path: Path) -> None:
    with pytest.raises(DeadlineExceeded):
        StaticShopBuilder().build(make_build_input(), tmp_path, deadline=Deadline.after(-1))
