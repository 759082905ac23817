"""Whether every text of a page has room on a phone, in a font that has its letters."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from config.pages.languages import COOKIE, address_in
from tests.e2e.scenes import Scene, visit

#: The languages beside English, and what has their letters.
FONTS = {"hi": "Noto Sans Devanagari", "as": "Noto Sans Bengali"}
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
CUT_OFF = """() => {
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


def find_cut_off(tab: Page, name: str) -> Iterator[str]:
    """Yield what has no room on the open page."""
    for fault in tab.evaluate(CUT_OFF):
        yield f"{name}: {fault}"


def read_in(language: str, tab: Page, scenes: list[Scene], url: str) -> Iterator[str]:
    """Open the pages in the language, and yield what is wrong with their texts."""
    tab.context.add_cookies([{"name": COOKIE, "value": language, "url": url}])
    for scene in scenes:
        visit(tab, Scene(scene.name, address_in(language, scene.path), scene.person))
        fonts = tab.evaluate(_LOADED)
        if not any(FONTS[language] in font for font in fonts):
            yield f"{scene.name}, {language}: the font is not loaded"
        yield from find_cut_off(tab, f"{scene.name}, {language}")
