"""Take the README's screenshots; only `python -m tests.e2e.readme` runs this file."""

from __future__ import annotations

import io
from pathlib import Path

from django.conf import settings
from django.test import override_settings
from PIL import Image
from playwright.sync_api import Browser

from tests.e2e.scenes import Cast, open_as
from tests.seed import build_seed_data
from tests.web import WebServer

TARGET = Path(settings.BASE_DIR, "docs", "images")
WIDTH = 1200
_DESK, _PHONE = (1440, 900), (390, 844)
#: File, path and colour scheme.
_PAGES = [
    ("dashboard-light", "/dashboard/", "light"),
    ("dashboard-dark", "/dashboard/", "dark"),
    ("usage", "/dashboard/usage/", "light"),
]
_PHONES = [
    ("/dashboard/", "light"),
    ("/dashboard/points/", "dark"),
    ("/dashboard/logs/", "light"),
    ("/dashboard/usage/", "dark"),
]
_GAP = 16
_BACKGROUND = "#d5dad8"


def test_take_the_screenshots_of_the_readme(
    live_db: None, browser: Browser, site: WebServer
) -> None:
    with override_settings(PUBLIC_URL=site.url):
        cast = Cast(build_seed_data(media=site.media))
    for name, path, scheme in _PAGES:
        picture = _take(browser, site.url, cast, path, scheme, _DESK)
        height = WIDTH * picture.height // picture.width
        _save(picture.resize((WIDTH, height), Image.Resampling.LANCZOS), name)
    phones = [_take(browser, site.url, cast, *page, _PHONE) for page in _PHONES]
    _save(_beside(phones), "phone")


def _take(
    browser: Browser, url: str, cast: Cast, path: str, scheme: str, size: tuple[int, int]
) -> Image.Image:
    complaints: list[str] = []
    tab = open_as(
        browser,
        cast,
        "owner",
        complaints,
        base_url=url,
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        reduced_motion="reduce",
        timezone_id="Asia/Kolkata",
    )
    tab.goto(path, wait_until="networkidle")
    picture = Image.open(io.BytesIO(tab.screenshot())).convert("RGB")
    tab.context.close()
    assert not complaints
    return picture


def _beside(pictures: list[Image.Image]) -> Image.Image:
    """Put the pictures into a row of `WIDTH` pixels."""
    width = (WIDTH - _GAP * (len(pictures) + 1)) // len(pictures)
    height = width * pictures[0].height // pictures[0].width
    row = Image.new("RGB", (WIDTH, height + 2 * _GAP), _BACKGROUND)
    for number, picture in enumerate(pictures):
        small = picture.resize((width, height), Image.Resampling.LANCZOS)
        row.paste(small, (_GAP + number * (width + _GAP), _GAP))
    return row


def _save(picture: Image.Image, name: str) -> None:
    picture.save(TARGET / f"{name}.png", optimize=True)
