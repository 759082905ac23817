"""Take screenshots of every page; only `python -m tests.e2e.screenshots` runs this file."""

from __future__ import annotations

import os
from pathlib import Path

from django.test import override_settings
from playwright.sync_api import Browser, Page

from tests.e2e.scenes import TOO_WIDE, Cast, Scene, open_as, visit
from tests.seed import build_seed_data
from tests.web import WebServer

TARGET = Path(__file__).resolve().parents[2] / "screenshots"
SIZES = [(1440, 900), (390, 844)]
SCHEMES = ["light", "dark"]


def test_photograph_every_page(live_db: None, browser: Browser, site: WebServer) -> None:
    names = os.environ.get("SCREENSHOTS", "").split()
    with override_settings(PUBLIC_URL=site.url):
        cast = Cast(build_seed_data(media=site.media))
    wanted = [scene for scene in cast.scenes() if not names or scene.name in names]
    TARGET.mkdir(exist_ok=True)
    faults = [
        fault
        for size in SIZES
        for scheme in SCHEMES
        for fault in _photograph(browser, site.url, cast, wanted, size, scheme)
    ]
    assert not faults, "\n".join(faults)


def _photograph(
    browser: Browser, url: str, cast: Cast, scenes: list[Scene], size: tuple[int, int], scheme: str
) -> list[str]:
    """Take all scenes in one size and colour scheme; return the errors found."""
    faults: list[str] = []
    width, height = size
    options = {
        "base_url": url,
        "viewport": {"width": width, "height": height},
        "color_scheme": scheme,
        "reduced_motion": "reduce",
        "timezone_id": "Asia/Kolkata",
    }
    pages: dict[str, Page] = {}
    for scene in scenes:
        if scene.person not in pages:
            pages[scene.person] = open_as(browser, cast, scene.person, faults, **options)
        page = pages[scene.person]
        visit(page, scene)
        page.screenshot(path=TARGET / f"{scene.name}-{width}-{scheme}.png", full_page=True)
        if too_wide := page.evaluate(TOO_WIDE):
            faults.append(f"{scene.name} at {width}: wider than the window: {too_wide}")
    for page in pages.values():
        page.context.close()
    return faults
