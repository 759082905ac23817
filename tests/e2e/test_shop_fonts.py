"""Shops in Hindi and Assamese are read on a device that has no font of their scripts."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.deployments.built_shops import build, make_build_input
from tests.e2e.shops import ShopHandler

pytestmark = pytest.mark.e2e

SHOPS = {
    "hi": make_build_input("हिमालय आउटडोर", "Outdoor & Camping", language="hi"),
    "as": make_build_input("ব্ৰহ্মপুত্ৰ খেলনা", "Toys & Games", language="as"),
    "en": make_build_input("Nova", "Toys & Games"),
}
FAMILIES = {"hi": "Noto Sans Devanagari", "as": "Noto Sans Bengali"}
#: Small and large, plain and bold, of both stacks, and text that was laid out first of its style.
_TEXTS = ".brand-name, .menu a, h1, h2, .lead, .button, .card-name, .foot h2, .foot-name"
_LOADED = """async () => {
  await document.fonts.ready;
  return [...document.fonts].filter(font => font.status === "loaded").map(font => font.family);
}"""
_WIDTHS = """() => ["400", "600"].map(weight => {
  const context = document.createElement("canvas").getContext("2d");
  context.font = `${weight} 100px ${getComputedStyle(document.body).fontFamily}`;
  return context.measureText(document.querySelector("h1").textContent).width;
})"""


@pytest.fixture(scope="session")
def base_url() -> str:
    """The platform's own server is not needed here."""
    return "http://127.0.0.1"


@pytest.fixture
def shop(request: Any, tmp_path: Path) -> Iterator[str]:
    site = build(SHOPS[request.param], tmp_path / "site")
    handler = functools.partial(ShopHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,)).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(("shop", "family"), FAMILIES.items(), ids=FAMILIES, indirect=["shop"])
def test_each_text_is_drawn_in_the_font_that_the_shop_brings(
    page: Page, shop: str, family: str
) -> None:
    page.goto(shop)
    assert page.evaluate(_LOADED) == [family]
    drawn = _fonts_of_texts(page)
    assert len(drawn) > 20
    # Blanks and full stops are of the theme's own font.
    assert [fonts for fonts in drawn if max(fonts, key=fonts.__getitem__) != family] == []
    plain, bold = page.evaluate(_WIDTHS)
    assert bold > plain


@pytest.mark.parametrize("shop", ["en"], indirect=True)
def test_an_english_shop_loads_no_font(page: Page, shop: str) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.resource_type))
    page.goto(shop)
    assert page.evaluate("document.fonts.size") == 0
    assert "stylesheet" in requested
    assert "font" not in requested


def _fonts_of_texts(page: Page) -> list[dict[str, int]]:
    """Count the glyphs of each text by the family that draws them; those of the system are ''."""
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": _TEXTS})["nodeIds"]
    return [_count_glyphs(session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"])
            for node in nodes]  # fmt: skip


def _count_glyphs(fonts: list[dict[str, Any]]) -> dict[str, int]:
    return {
        font["familyName"] if font["isCustomFont"] else "": font["glyphCount"] for font in fonts
    }
