"""A customer in a built site, in a browser and under the sites' content security policy."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.deployments.built_shops import build
from tests.e2e.shops import ADDRESSES, CUT, SHOPS, TEXTS, ShopHandler

pytestmark = pytest.mark.e2e

AUDIT = (Path(__file__).parent / "audit.js").read_text()


@pytest.fixture(scope="module")
def shops(tmp_path_factory: Any) -> Iterator[dict[str, str]]:
    """The address of each shop, an origin of its own."""
    servers = {}
    for name, build_input in SHOPS.items():
        site = build(build_input, tmp_path_factory.mktemp("shops") / name)
        handler = functools.partial(ShopHandler, directory=str(site))
        servers[name] = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=servers[name].serve_forever, args=(0.05,)).start()
    yield {name: f"http://127.0.0.1:{server.server_port}" for name, server in servers.items()}
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def base_url() -> str:
    """The platform's own server is not needed here."""
    return "http://127.0.0.1"


@pytest.fixture
def nova(shops: dict[str, str]) -> str:
    return shops["nova"]


def put_in_cart(page: Page, shop: str, slug: str, count: int = 1, **choices: str) -> None:
    page.goto(f"{shop}/products/{slug}/")
    for name, value in choices.items():
        page.get_by_role("group", name=name).get_by_text(value, exact=True).click()
    page.locator(".order input[type=number]").fill(str(count))
    page.locator(".order button").click()
    expect(page.locator(".said a")).to_be_visible()


def test_a_customer_finds_a_product_and_changes_the_cart(page: Page, nova: str) -> None:
    page.goto(nova)
    page.get_by_role("link", name="Court Leather Sneaker").click()
    page.get_by_text("UK 7", exact=True).click()
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="See your cart").click()
    line = page.get_by_role("listitem").filter(has_text="Court Leather Sneaker")
    expect(line).to_contain_text("Size: UK 7")
    line.get_by_label("Quantity of Court Leather Sneaker").fill("3")
    page.keyboard.press("Tab")
    expect(page.locator(".is-total")).to_have_text("Total ₹10,470")
    expect(page.locator(".bag")).to_contain_text("3")
    page.reload()
    expect(page.locator(".is-total")).to_have_text("Total ₹10,470")
    page.get_by_role("button", name="Remove Court Leather Sneaker").click()
    expect(page.get_by_text("Your cart is empty.")).to_be_visible()
    expect(page.get_by_role("link", name="Browse products")).to_be_focused()


def test_the_same_choice_adds_up_and_another_is_a_line_of_its_own(page: Page, nova: str) -> None:
    put_in_cart(page, nova, "linen-camp-collar-shirt", 2, Size="M")
    put_in_cart(page, nova, "linen-camp-collar-shirt", 1, Size="M")
    put_in_cart(page, nova, "linen-camp-collar-shirt", 1, Size="L")
    put_in_cart(page, nova, "tiered-summer-dress", 1, Size="M")
    page.goto(f"{nova}/cart/")
    expect(page.locator(".line")).to_have_count(3)
    expect(page.locator(".line input").first).to_have_value("3")
    expect(page.locator(".is-total")).to_have_text("Total ₹11,950")


def test_the_checkout_writes_the_order_into_a_message_and_takes_no_money(
    page: Page, nova: str
) -> None:
    put_in_cart(page, nova, "penny-loafer", 2, Size="UK 6")
    page.goto(f"{nova}/checkout/")
    page.get_by_label("Your name").fill("Priya & Söhne")
    page.get_by_label("Delivery address").fill("42 Commerce Street, Mumbai")
    expect(page.locator(".message")).to_have_text(
        "Order for Nova Retail 2 × Penny Loafer (Size: UK 6): ₹7,580 Total: ₹7,580 "
        "Name: Priya & Söhne Address: 42 Commerce Street, Mumbai"
    )
    chat = urlsplit(address_of(page.get_by_role("link", name="Order by WhatsApp")))
    assert (chat.netloc, chat.path) == ("wa.me", "/919820012345")
    assert parse_qs(chat.query)["text"][0].endswith(
        "Total: ₹7,580\n\nName: Priya & Söhne\nAddress: 42 Commerce Street, Mumbai"
    )
    mail = urlsplit(address_of(page.get_by_role("link", name="Order by email")))
    assert (mail.scheme, mail.path) == ("mailto", "hello@nova.test")
    assert "Name: Priya & Söhne" in parse_qs(mail.query)["body"][0]
    assert page.locator("input[name*=card], iframe").count() == 0


def test_an_order_leaves_only_with_a_name_and_an_address(page: Page, nova: str) -> None:
    put_in_cart(page, nova, "penny-loafer", 1, Size="UK 6")
    page.goto(f"{nova}/checkout/")
    exits = [page.get_by_role("link", name="Order by WhatsApp"),
             page.get_by_role("link", name="Order by email"),
             page.get_by_role("button", name="Copy the order")]  # fmt: skip
    for field in ("Your name", "Delivery address"):
        for way_out in exits:
            way_out.click()
            expect(page.get_by_label(field)).to_be_focused()
        assert [address_of(link) for link in exits[:2]] == [
            f"#{page.evaluate('document.activeElement.id')}"
        ] * 2
        assert urlsplit(page.url).path == "/checkout/"
        page.get_by_label(field).fill("   ")
        exits[0].click()
        expect(page.get_by_label(field)).to_be_focused()
        page.get_by_label(field).fill("Priya, 42 Commerce Street")
    expect(page.get_by_text("Enter your name and delivery address")).to_be_hidden()
    assert address_of(exits[0]).startswith("https://wa.me/919820012345?text=Order")
    assert address_of(exits[1]).startswith("mailto:hello@nova.test?subject=Order")


@pytest.mark.parametrize(
    ("query", "found"), [("linen", 1), ("LÍNEN shi", 1), ("footwear", 8), ("xyzzy", 0)]
)
def test_the_search_finds_the_beginnings_of_words_in_any_case(
    page: Page, nova: str, query: str, found: int
) -> None:
    page.goto(nova)
    page.get_by_role("banner").get_by_label("Search products").fill(query)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"{found} product")
    expect(page.locator("[data-results] > li")).to_have_count(found)


def test_the_search_finds_words_with_vowel_signs(page: Page, shops: dict[str, str]) -> None:
    page.goto(f"{shops['hindi']}/search/?q=कास्ट कड़ाही")
    expect(page.get_by_role("status")).to_have_text("“कास्ट कड़ाही” के लिए 1 उत्पाद")


def test_a_search_for_markup_shows_it_as_text(page: Page, nova: str) -> None:
    page.goto(f"{nova}/search/?q=<img src=x onerror=alert(1)>")
    expect(page.get_by_role("status")).to_contain_text("“<img src=x onerror=alert(1)>”")


def test_five_long_categories_leave_the_header_whole(page: Page, shops: dict[str, str]) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(shops["toys"])
    row = [page.locator(each).bounding_box() for each in (".brand", ".find", ".bag", ".menu")]
    brand, find, bag, menu = (box or pytest.fail("not shown") for box in row)
    assert brand["x"] < find["x"] < bag["x"]
    assert menu["y"] >= max(box["y"] + box["height"] for box in (brand, find, bag))
    expect(page.locator(".menu a")).to_have_count(7)
    expect(page.locator(".menu a").last).to_be_in_viewport()


@pytest.mark.parametrize(
    "stored",
    ["{", "7", '[null, {"slug": "__proto__", "choice": "", "count": 1}]',
     '[{"slug": "penny-loafer", "choice": "", "count": 1e9}]'],
)  # fmt: skip
def test_a_damaged_cart_counts_as_empty(page: Page, nova: str, stored: str) -> None:
    page.goto(nova)
    page.evaluate("value => localStorage.setItem('cart', value)", stored)
    page.goto(f"{nova}/cart/")
    expect(page.get_by_text("Your cart is empty.")).to_be_visible()


def test_products_are_sorted_by_price(page: Page, nova: str) -> None:
    page.goto(f"{nova}/collections/footwear/")
    page.get_by_label("Sort by").select_option("Price, low to high")
    expect(page.locator(".card-name").first).to_have_text("Quilted House Slipper")
    page.get_by_label("Sort by").select_option("Our choice")
    expect(page.locator(".card-name").first).to_have_text("Court Leather Sneaker")


def test_the_first_stop_of_the_keyboard_leads_to_the_content(page: Page, nova: str) -> None:
    page.goto(nova)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("name", SHOPS)
def test_the_drawn_logo_holds_its_whole_name(page: Page, shops: dict[str, str], name: str) -> None:
    page.goto(f"{shops[name]}/logo.svg")
    # Letters of Indian scripts are shapes.
    boxes = page.evaluate("[...document.querySelectorAll('text, path[fill]')]"
                          ".map((text) => text.getBoundingClientRect())"
                          ".map((box) => [box.left, box.right])")  # fmt: skip
    width = page.evaluate("document.documentElement.viewBox.baseVal.width")
    assert boxes
    assert all(left >= 0 and right <= width for left, right in boxes)


@pytest.mark.parametrize("name", SHOPS)
def test_every_page_is_accessible_fits_its_width_and_loads_only_its_own(
    page: Page, shops: dict[str, str], name: str
) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{shops[name]}/shop/")
    product = address_of(page.locator(".card a").first)
    collection = address_of(page.locator(".menu a").first)
    search = f"/search/?q={page.locator('.card-name').first.inner_text()[0]}"
    found = {product: "h1", collection: ".sorting", search: "[data-results] .card"}
    put_in_cart(page, shops[name], product.strip("/").rpartition("/")[2])
    for address, shown in {**ADDRESSES, **found}.items():
        if address in TEXTS and name not in ("nova", "toys"):
            continue
        page.goto(f"{shops[name]}{address}")
        expect(page.locator(shown).first).to_be_visible()
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            assert page.evaluate(AUDIT) == [], f"{address} at {width}"
            assert page.evaluate(CUT) == [], f"{address} at {width}"
    assert {f"http://{urlsplit(url).netloc}" for url in requested} == {shops[name]}


def address_of(link: Locator) -> str:
    return link.get_attribute("href") or ""
