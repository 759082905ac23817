"""Every page checked by axe-core, wide in both schemes, and on a phone, where it and its texts have
to fit; the main ones in every language.

In one walk: the rows that the pages show take as long to make as many a page to look at.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect

from config.pages.languages import COOKIE
from tests.e2e.conftest import SETTLED
from tests.e2e.scenes import TOO_WIDE, Cast, Scene, open_as, visit
from tests.e2e.texts import FONTS, MAIN, find_cut_off, read_in
from tests.seed import build_seed_data
from tests.web import WebServer

pytestmark = pytest.mark.e2e

#: Scheme, width, and the rules that are asked: by night and on a phone only what may be different
#: there, which on a phone is the same by day.
LOOKS: list[tuple[str, int, dict[str, Any]]] = [
    ("light", 1440, {}),
    ("dark", 1440, {"runOnly": ["color-contrast", "link-in-text-block"]}),
    ("dark", 390, {"runOnly": ["scrollable-region-focusable", "target-size"]}),
]
#: Only what is wrong is described and sent here, and no stylesheet is loaded again.
AXE = """rules => axe.run(document, {
    ...rules, resultTypes: ["violations"], selectors: false, preload: false, iframes: false
}).then(result => result.violations)"""


def test_pages_are_accessible_and_have_room_for_their_texts(
    live_db: None, browser: Browser, site: WebServer
) -> None:
    with override_settings(PUBLIC_URL=site.url):
        cast = Cast(build_seed_data(size=8, media=site.media))
    scenes = [each for each in cast.scenes() if each.is_of_its_own_kind]
    assert {scene.name for scene in scenes} >= MAIN
    faults: list[str] = []
    for person in {scene.person for scene in scenes}:
        tab = open_as(browser, cast, person, faults, base_url=site.url, reduced_motion="reduce")
        shown = [scene for scene in scenes if scene.person == person]
        main = [scene for scene in shown if scene.name in MAIN]
        tab.set_viewport_size({"width": 390, "height": 844})
        for language in FONTS:  # before English, where forms are sent
            faults += read_in(language, tab, main, site.url)
        tab.context.clear_cookies(name=COOKIE)
        # Once for each page rather than for each question: it is half a megabyte.
        tab.add_init_script(AXE_SCRIPT)
        for scene in shown:
            faults += _faults(tab, scene)
        tab.context.close()
    assert not faults, "\n".join(faults)


def _faults(tab: Page, scene: Scene) -> list[str]:
    found: list[str] = []
    for look in LOOKS:
        scheme, width, rules = look
        tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        tab.set_viewport_size({"width": width, "height": 900})
        if look is LOOKS[0]:  # so that a page is drawn once for it
            visit(tab, scene)
            # The API reference is drawn after it has read its description.
            expect(tab.locator("[aria-busy=true]")).to_have_count(0)
        tab.evaluate(SETTLED)
        for fault in tab.evaluate(AXE, rules):
            places = "; ".join(node["html"][:120] for node in fault["nodes"][:3])
            found.append(f"{scene.name}, {scheme} {width}: {fault['id']}: {places}")
    if too_wide := tab.evaluate(TOO_WIDE):
        found.append(f"{scene.name}: wider than a phone: {too_wide}")
    if scene.name in MAIN:
        found += find_cut_off(tab, scene.name)
    return found
