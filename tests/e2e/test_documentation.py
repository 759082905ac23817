"""The documentation in a browser: search, tabs, samples that run."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.factories import Keys
from tests.staff import business, member

pytestmark = pytest.mark.e2e


def test_the_search_finds_with_typing_errors_and_by_keyboard(page: Page) -> None:
    page.goto("/docs/")
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search")
    field.fill("idempotancy")
    hits = page.get_by_role("option")
    expect(hits.first).to_contain_text("Idempotency", ignore_case=True)
    field.fill("xyzzy")
    expect(page.get_by_text("No results for “xyzzy”.")).to_be_visible()
    field.fill("spend limit")
    expect(hits.first).to_have_attribute("aria-selected", "true")
    expect(hits.first.get_by_role("link")).to_contain_text("Spend limits")
    field.press("Enter")
    expect(page).to_have_url("/docs/spending/#spend-limits")


@pytest.mark.parametrize("prefix", ["", "/hi", "/as"])
@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("idempotancy", "/docs/retries/#send-an-idempotency-key"),
        ("duplicate_acount", "/docs/errors/#duplicate_account"),
        ("webhok signture", "/docs/signatures/"),
        ("prompt too long", "/docs/errors/#prompt_too_long"),
        ("receiving webhoks", "/docs/receiving-webhooks/"),
        ("how to verify a signature please", "/docs/signatures/#verify-x-shopiq-signature"),
    ],
)
def test_english_words_find_the_page_in_each_language(
    page: Page, prefix: str, typed: str, address: str
) -> None:
    """Their typing errors are forgiven, and so are words that are nowhere."""
    page.goto(f"{prefix}/docs/")
    page.keyboard.press("/")
    page.get_by_role("combobox").fill(typed)
    first = page.get_by_role("option").first.get_by_role("link")
    expect(first).to_have_attribute("href", re.compile(f"^{prefix}{address}"))


def test_what_is_typed_while_the_search_loads_is_searched_when_it_is_there(page: Page) -> None:
    page.goto("/docs/")
    index = re.compile(r"/docs/search\.json")
    held: list[Route] = []
    page.route(index, lambda route: held.append(route))  # noqa: PLW0108 - no built-in can be a handler
    with page.expect_request(index):
        page.keyboard.press("/")
    page.get_by_role("combobox", name="Search").fill("spend limit")
    expect(page.get_by_text("Loading…")).to_be_visible()
    held[0].continue_()
    expect(page.get_by_role("option").first).to_contain_text("Spend limits")
    expect(page.get_by_text("Loading…")).to_be_hidden()


def test_the_chosen_language_is_that_of_all_samples(page: Page) -> None:
    page.goto("/docs/accounts/")
    first = page.locator(".doc-samples").first
    first.get_by_role("tab", name="Python").click()
    expect(first.locator("pre:visible")).to_contain_text("requests.post(")
    first.get_by_role("tab", name="Python").press("ArrowRight")
    expect(page.locator(".doc-samples").nth(1).locator("pre:visible")).to_contain_text(
        "await fetch"
    )
    page.goto("/docs/create-image/")
    expect(page.locator(".doc-samples pre:visible")).to_contain_text("await fetch")


def test_a_member_runs_the_samples_with_own_test_keys(
    page: Page, sign_in: Callable[[Any], None]
) -> None:
    sign_in(member(business()))
    page.goto("/docs/accounts/")
    expect(page.locator("pre:visible").first).to_contain_text("sq_mgmt_test_your-key-here")
    page.get_by_role("button", name="Create test keys").click()
    expect(page.locator("pre:visible").first).not_to_contain_text("your-key-here")
    create, delete, *_ = page.locator(".doc-run").all()
    create.get_by_role("button", name="Run it").click()
    expect(create.get_by_role("status")).to_contain_text("201")
    expect(create.locator("pre")).to_contain_text('"testMode": true')
    # The next samples use the account that was created.
    delete.get_by_role("button", name="Run it").click()
    expect(delete.get_by_role("status")).to_contain_text("200")
    page.goto("/docs/accounts/")
    page.locator(".doc-run").first.get_by_role("button", name="Run it").click()
    expect(page.locator(".doc-run").first.get_by_role("status")).to_contain_text("201")
    page.goto("/docs/create-and-deploy/")
    deploy = page.locator(".doc-run").first
    deploy.get_by_text("Edit the request").click()
    body = deploy.get_by_role("textbox", name="Body")
    body.fill(re.sub('https://[^"]*webhook[^"]*', "http://127.0.0.1:9/", body.input_value()))
    deploy.get_by_role("button", name="Run it").click()
    expect(deploy.get_by_role("status")).to_contain_text("202")
    # And those about shops the one that was deployed.
    page.goto("/docs/domains/")
    domains = page.locator(".doc-run").first
    domains.get_by_role("button", name="Run it").click()
    expect(domains.get_by_role("status")).to_contain_text("200")
    page.goto("/docs/create-image/")
    box = page.locator(".doc-run").first
    box.get_by_role("button", name="Run it").click()
    expect(box.get_by_role("status")).to_contain_text("200")


def test_a_phone_has_the_navigation_in_a_sheet(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/docs/webhook-endpoints/")
    # An icon without a word, but not for a screen reader.
    expect(page.get_by_role("button", name="Search")).to_be_visible()
    page.get_by_role("button", name="All pages").click()
    page.get_by_role("navigation", name="Documentation").get_by_role("link", name="Errors").click()
    expect(page.get_by_role("heading", level=1, name="Errors")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_table_on_a_phone_scrolls_and_has_room_for_its_sentences(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/docs/webhook-endpoints/")
    effect = page.locator(".doc-table td:last-child").first
    assert effect.evaluate("cell => cell.offsetWidth") >= 190
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_link_to_an_error_shows_and_marks_its_row(page: Page) -> None:
    page.goto("/docs/errors/#website_taken_down")
    row = page.locator("#website_taken_down")
    expect(row).to_be_in_viewport()
    expect(row).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_another_language_shows_the_same_heading(page: Page) -> None:
    page.goto("/docs/errors/#codes")
    page.get_by_role("link", name="हिन्दी").click()
    expect(page).to_have_url("/hi/docs/errors/#codes")


def test_the_reference_brings_the_font_of_its_links_to_other_languages(page: Page) -> None:
    page.goto("/docs/api/")
    expect(page.get_by_role("link", name="অসমীয়া")).to_be_visible()
    loaded = page.evaluate("""async () => {
      await document.fonts.ready;
      return [...document.fonts].filter(font => font.status === "loaded").map(font => font.family);
    }""")
    # One face of each script.
    assert [name.strip('"') for name in loaded] == ["Names of languages"] * 2


def test_the_reference_is_interactive_when_it_is_asked_for(page: Page, keys: Keys) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto("/docs/api/", wait_until="networkidle")
    assert not [url for url in loaded if "swagger-ui" in url]
    page.get_by_role("button", name="Open the interactive reference").click()
    page.get_by_role("button", name="Authorize").click()
    page.get_by_label("Value:").first.fill(keys.management)
    page.get_by_role("button", name="Apply credentials").first.click()
    page.get_by_role("button", name="Close", exact=True).first.click()
    page.locator("#operations-Keys-getManagementKey .opblock-summary-control").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response")).to_contain_text("200")


def test_the_link_of_an_endpoint_opens_it_in_the_reference(page: Page) -> None:
    page.goto("/docs/api/")
    page.get_by_role("link", name="/partner/v1/image/create").click()
    expect(page.get_by_role("button", name="Execute")).to_be_visible()
    expect(page).to_have_url(re.compile("/docs/api/#/Images/"))
    # The address is that of the endpoint, for others too.
    page.reload()
    expect(page.get_by_role("button", name="Execute")).to_be_visible()


def test_a_reference_that_did_not_load_can_be_asked_for_again(
    live_db: None, context: BrowserContext
) -> None:
    tab = context.new_page()
    tab.route(re.compile("swagger-ui-bundle"), lambda route: route.abort(), times=1)
    tab.goto("/docs/api/")
    tab.get_by_role("button", name="Open the interactive reference").click()
    expect(tab.get_by_role("status")).to_contain_text("Try again.")
    tab.get_by_role("button", name="Open the interactive reference").click()
    expect(tab.get_by_role("button", name="Authorize")).to_be_visible()
