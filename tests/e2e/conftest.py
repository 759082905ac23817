"""A real browser on a real web server. A page that logs an error to its console fails its test."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from accounts.models import User
from tests.users import browser_of
from tests.waiting import PAGE_TIMEOUT
from tests.web import WebServer

# Playwright's synchronous interface keeps an event loop in this thread, and Django refuses to use
# the database beside one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

expect.set_options(timeout=PAGE_TIMEOUT)

#: By then the scripts of a page know of a change of scheme or size, and its colours have changed.
SETTLED = """() => new Promise(requestAnimationFrame).then(() => Promise.allSettled(
    document.getAnimations().filter(one => one instanceof CSSTransition).map(one => one.finished)
)).then(() => null)"""

#: The same browser without windows, which takes half the processor's time.
_HEADLESS = "chromium-headless-shell"
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{folder}</dir>
  <selectfont><rejectfont><glob>*.woff2</glob></rejectfont></selectfont>
</fontconfig>
"""


@pytest.fixture(scope="session")
def chromium() -> str:
    """Find the system's browser; none is downloaded."""
    for name in ("chromium", "chromium-browser", "google-chrome", _HEADLESS):
        if path := shutil.which(name):
            return path
    missing = "Chromium is not installed: the pages are NOT TESTED in a browser"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: Any, chromium: str, tmp_path_factory: Any
) -> dict[str, Any]:
    """Give the browser the fonts of the Indian scripts, as phones in India have them."""
    fonts = tmp_path_factory.mktemp("fonts") / "fonts.conf"
    fonts.write_text(_FONTS.format(folder=Path(settings.BASE_DIR, "static", "fonts")))
    env = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
    program = shutil.which(_HEADLESS) or chromium
    return {**browser_type_launch_args, "executable_path": program, "args": _FLAGS, "env": env}


@pytest.fixture(scope="session")
def site(django_db_setup: None, tmp_path_factory: Any) -> Iterator[WebServer]:
    """Start one web server for all tests here; each test creates its own rows."""
    server = WebServer(
        folder=tmp_path_factory.mktemp("site"), threads=16, pool=4, env={"PGAPPNAME": "e2e-site"}
    )
    server.wait_until_ready()
    yield server
    server.stop(signal.SIGKILL)


@pytest.fixture(scope="session")
def base_url(site: WebServer) -> str:
    return site.url


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], base_url: str) -> dict[str, Any]:
    """The session's own are those of the first test, which may be for another server."""
    return {**browser_context_args, "base_url": base_url}


def listen(page: Page, complaints: list[str]) -> None:
    """Add errors on the page's console, including CSP violations, to `complaints`."""

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))


@pytest.fixture
def page(page: Page, live_db: None) -> Iterator[Page]:
    """Fail a test whose page logs an error or violates its own CSP."""
    complaints: list[str] = []
    listen(page, complaints)
    yield page
    # A response that is meant to be a 404 or a 403 is reported by the browser as an error too.
    refusal = re.compile("status of 40[34]")
    assert [text for text in complaints if not refusal.search(text)] == []


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(PAGE_TIMEOUT)
    return context


@pytest.fixture
def sign_in(context: BrowserContext, base_url: str) -> Callable[[User], None]:
    """Sign a user in without the form, whose password hash takes half a second."""

    def give_cookie(user: User) -> None:
        # Staff have just given their password, which each change of theirs asks for.
        client = browser_of(user, fresh=user.is_staff)
        value = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": base_url}])

    return give_cookie
