"""Every page of the dashboard and of the sign-in is translated, whatever it shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any
from zoneinfo import available_timezones

from django.apps import apps
from django.conf import settings
from django.db.models import Field
from django.test import Client
from django.utils.text import capfirst

from billing.gst import STATES
from config.api.error_codes import error_codes
from config.db.encryption import EncryptedModel
from config.documentation import contents
from deployments.categories import CATEGORIES
from integrations.event_types import event_type_names
from tests.daily import Some
from tests.dashboard.conftest import SeededDashboard
from tests.dashboard.markup import body_of
from tests.dashboard.pages import Page, all_pages, readable
from tests.languages.pseudo import pseudo_language, untranslated
from tests.users import browser_of

#: Between values that stand beside each other.
_SEPARATORS = re.compile(r"\s*[·,:;…()|]+\s+|\s+[(/–]\s*|[()…]")
#: Addresses, numbers of documents, differences to UTC.
_CODE = re.compile(r"https?://\S+|\S+@\S+|[A-Z0-9/-]*\d[A-Z0-9/-]*|UTC[+-][\d:]+")
_WORD = re.compile("[A-Za-z]{2,}")
#: What partners read in Latin letters in every language.
NAMES = (
    *("ShopIQ", "UTC", "ID", "URL", "UPI ID", "IFSC", "GSTIN", "https://", "webhook-id"),
    *("GET", "POST", "PUT", "PATCH", "DELETE", "x-shopiq-signature", "sq_test_", "sq_live_"),
    *("sq_mgmt_", "webhook.test", "DEMO"),
)
#: The switch itself, and what is kept for a while and Markdown: tests/languages/test_public_pages.
_OTHERS = ("language", "docs", "docs-page")
#: More rows of one kind have no other words.
_MOST = 300


def test_no_english_words_are_left(dashboard: SeededDashboard, some: Some) -> None:
    """Beside what partners, merchants, staff and the API have given.

    Daily on a third of the pages; tests/languages/test_templates.py reads every template.
    """
    pages = [page for page in readable(all_pages()) if page.name not in _OTHERS]
    found: dict[str, list[str]] = {}
    data = _data()
    with pseudo_language():
        for name, html in _read_pages(dashboard, some(pages, 3)):
            for text in untranslated(html):
                if not all(_is_datum(part, data) for part in _SEPARATORS.split(text)):
                    found.setdefault(text, []).append(name)
    assert not found


def test_files_are_the_same_in_each_language(dashboard: SeededDashboard) -> None:
    """By the names of their columns and by a row: programs read them."""
    owner = browser_of(dashboard.own.owner)
    owner.cookies[settings.LANGUAGE_COOKIE_NAME] = "hi"
    for page in all_pages():
        if page.route.endswith(".csv"):
            lines = body_of(owner.get(page.path(dashboard.own))).decode().splitlines()
            english = dashboard.read(page).body.decode().splitlines()
            assert (lines[0], lines[-1]) == (english[0], english[-1]), page.name


def _read_pages(dashboard: SeededDashboard, pages: list[Page]) -> Iterator[tuple[str, str]]:
    owner, visitor = browser_of(dashboard.own.owner), Client()
    for client in (owner, visitor):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "hi"
    for page in pages:
        path = page.path(dashboard.own)
        yield page.name, _read(owner, path)
        if not page.permission:
            yield page.name, _read(visitor, path)
    yield "404", _read(visitor, "/nowhere")
    yield "404", _read(owner, "/dashboard/nowhere/")


def _read(client: Client, path: str) -> str:
    response = client.get(path)
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    text = body_of(response).decode() if is_html else ""
    # The API reference is in English whole.
    return "" if '<html lang="en"' in text else text


def _is_datum(text: str, data: str) -> bool:
    """Return whether a text is in the data, or each of its words is a text there."""
    text = text.strip(" .·:,")
    if not _WORD.search(text) or _CODE.fullmatch(text):
        return True
    if all(f"\n{word}\n" in data for word in text.split() if not word.isdecimal()):
        return True
    is_word = re.fullmatch("[A-Za-z]?[a-z]+", text)
    return not is_word and bool(re.search(rf"\b{re.escape(text)}(?:\b|_)", data))


def _data() -> str:
    """Return the texts of all rows, the names of the API and those of the world, and the titles of
    the documentation, line by line."""
    guides = {guide.title for guide in contents.all_pages("hi").values()}
    names = {code.name for code in error_codes()} | set(event_type_names()) | set(CATEGORIES)
    zones = {zone.replace("_", " ") for zone in available_timezones()}
    texts = [*_texts_of_rows(), *guides, *names, *zones, *STATES.values(), *NAMES]
    return "\n".join(["", *texts, *map(capfirst, texts), ""])


def _texts_of_rows() -> Iterator[str]:
    for model in apps.get_models():
        fields = [each for each in model._meta.concrete_fields if isinstance(each, Field)]
        for row in model._default_manager.order_by("-pk")[:_MOST]:
            for each in fields:
                yield from _texts_of(getattr(row, each.attname))
            if isinstance(row, EncryptedModel):
                yield from _secrets_of(row)


def _secrets_of(row: EncryptedModel) -> Iterator[str]:
    for name in filter(partial(getattr, row), row.encrypted_fields):
        text = row.get_decrypted(name)
        yield from _texts_of(json.loads(text) if text[:1] == "{" else text)


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts_of(each)
    elif isinstance(value, str):
        yield " ".join(value.split())
