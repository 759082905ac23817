"""Pages in each language on a phone: every text has room, in a font that has its letters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Page

from config.pages.languages import COOKIE, address_in
from tests.e2e.scenes import Cast, Scene, open_as, visit
from tests.seed import build_seed_data
from tests.web import WebServer

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

FONTS = {"en": "", "hi": "Noto Sans Devanagari", "as": "Noto Sans Bengali"}
#: As `Cast.scenes` names them.
MAIN = {
    "account_login", "account_signup", "alert-history", "alerts", "audit",
    "billing-settings", "dashboard", "dashboard-empty", "deployment", "deployments", "docs",
    "docs-page", "help", "home", "key", "key-new", "keys", "ledger", "merchant",
    "merchants", "mfa_index", "operations", "points", "purchase", "purchase-confirm",
    "purchase-new", "purchases", "request", "request-errors", "requests", "security",
    "statements", "status", "team", "usage", "webhook", "webhook-endpoints", "webhooks",
}  # fmt: skip
#: What reaches beyond the window, and what is cut off without an ellipsis.
_CUT_OFF = """() => {
  const width = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth > width) found.push("page");
  for (const node of document.querySelectorAll("body *")) {
    const hidden = ".visually-hidden, .skip-link, [popover]:not(:popover-open), pre, svg";
    const style = getComputedStyle(node), box = node.getBoundingClientRect();
    if (!box.width || !box.height || style.visibility === "hidden") continue;
    if (style.clipPath !== "none" || node.closest(hidden)) continue;
    const text = [...node.childNodes].some(each => each.nodeType === 3 && each.data.trim());
    const clips = style.overflowX !== "visible" && style.textOverflow !== "ellipsis";
    const scrolls = /auto|scroll/.test(style.overflowX);
    const cut = text && node.scrollWidth > node.clientWidth + 1 && style.display !== "inline";
    const isControl = node.matches("button, .button, .badge, .tabbar a, [role=tab]");
    if (cut && !scrolls && (clips || isControl)) {
      found.push(`${node.localName}.${node.className} ${node.textContent.trim().slice(0, 30)}`);
    }
  }
  return found;
}"""
_LOADED = """async () => {
  await document.fonts.ready;
  return [...document.fonts].filter(font => font.status === "loaded").map(font => font.family);
}"""


def test_no_text_is_cut_off_on_a_phone(live_db: None, browser: Browser, site: WebServer) -> None:
    with override_settings(PUBLIC_URL=site.url):
        cast = Cast(build_seed_data(size=8, media=site.media))
    scenes = [scene for scene in cast.scenes() if scene.name in MAIN]
    assert {scene.name for scene in scenes} == MAIN
    faults: list[str] = []
    for language in FONTS:
        for person in {scene.person for scene in scenes}:
            tab = open_as(
                browser,
                cast,
                person,
                faults,
                base_url=site.url,
                viewport={"width": 390, "height": 844},
                reduced_motion="reduce",
            )
            tab.context.add_cookies([{"name": COOKIE, "value": language, "url": site.url}])
            for scene in scenes:
                if scene.person == person:
                    faults += _faults(tab, scene, language)
            tab.context.close()
    assert not faults, "\n".join(faults)


def _faults(tab: Page, scene: Scene, language: str) -> Iterator[str]:
    visit(tab, Scene(scene.name, address_in(language, scene.path), scene.person))
    fonts = tab.evaluate(_LOADED)
    if FONTS[language] and not any(FONTS[language] in font for font in fonts):
        yield f"{scene.name}, {language}: the font is not loaded"
    for fault in tab.evaluate(_CUT_OFF):
        yield f"{scene.name}, {language}: {fault}"
