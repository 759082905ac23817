"""Pages for everyone have an address in each language, and are wholly in it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override

from config.documentation.contents import FOLDER, all_pages
from tests.languages.catalogues import LANGUAGES

pytestmark = pytest.mark.django_db

#: Three words of an English sentence.
_ENGLISH = re.compile(r"\b(?:the|is|are|your|with|that|this|which|when)\s+[a-z]+\s+[a-z]+")
_FENCES = re.compile(r"```.*?```|`[^`]*`|\{[{%].*?[%}]\}|“[^”]*”|<[^>]*>|\([^)]*\)", re.DOTALL)


class _Head(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.language, self.canonical = "", ""
        self.alternates: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given["lang"]
        elif tag == "link" and given["rel"] == "canonical":
            self.canonical = given["href"]
        elif tag == "link" and given["rel"] == "alternate" and "hreflang" in given:
            self.alternates[given["hreflang"]] = given["href"]


@pytest.mark.parametrize("path", ["/", "/docs/", "/docs/quick-start/", "/status/"])
def test_pages_name_each_other(client: Client, path: str) -> None:
    site = settings.PUBLIC_URL
    pages = {"en": path, **{code: f"/{code}{path}" for code in LANGUAGES}}
    addresses = {code: f"{site}{page}" for code, page in pages.items()}

    for code, page in pages.items():
        head = _Head(client.get(page).text)
        assert (head.language, head.canonical) == (code, addresses[code])
        assert head.alternates == {**addresses, "x-default": addresses["en"]}


def test_the_sitemap_has_them_in_each_language(client: Client) -> None:
    found = re.findall("<loc>(.*?)</loc>", client.get("/sitemap.xml").text)
    listed = {address.removeprefix(settings.PUBLIC_URL) for address in found}

    for prefix in ("", *(f"/{code}" for code in LANGUAGES)):
        assert {f"{prefix}/", f"{prefix}/docs/", f"{prefix}/status/"} <= listed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_documentation_has_every_page_in_the_language(language: str) -> None:
    english = {file.name for file in (FOLDER / "en").glob("*.md")}
    files = {file.name: file.read_text() for file in (FOLDER / language).glob("*.md")}

    assert set(files) - {"api-additions.md"} == english
    for name, text in files.items():
        assert not _ENGLISH.findall(_FENCES.sub("", text)), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_search_looks_through_pages_of_the_language(client: Client, language: str) -> None:
    entries = json.loads(client.get(f"/{language}/docs/search.json").content)

    with override(language):
        titles = {page.title for page in all_pages().values()}
    assert {title for _, title, _, _ in entries} == titles
    assert all(address.startswith(f"/{language}/docs/") for address, _, _, _ in entries)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_front_page_names_operations_in_the_language(client: Client, code: str) -> None:
    """They come from the price rows, in English."""
    prices = client.get(f"/{code}/").text.partition('id="prices"')[2]
    named = re.findall("(?s)<dt>(.+?)</dt>", prices)
    assert named
    assert not [name for name in named if re.search("[Cc]reate|[Ee]nhance|fast|thinking", name)]
