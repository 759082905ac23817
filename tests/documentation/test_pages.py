"""The pages of the documentation: complete, whole, and without a dead link."""

from __future__ import annotations

import gzip
import itertools
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import Resolver404, resolve
from PIL import Image

from config.documentation import additions
from config.documentation.contents import FOLDER, all_pages, neighbours
from config.documentation.markdown import render_parts

pytestmark = pytest.mark.django_db


class Reader(HTMLParser):
    """Collects ids, links and headings of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [value for value in [given.get("id")] if value]
        self.links += [value for value in [given.get("href")] if tag == "a" and value]
        self.headings += [tag] if re.fullmatch("h[1-6]", tag) else []


@pytest.fixture
def pages(client: Client) -> dict[str, Reader]:
    return {
        page.path: Reader(client.get(page.path).content.decode()) for page in all_pages().values()
    }


def test_every_file_is_a_page_and_every_page_has_a_file() -> None:
    assert sorted(all_pages()) == sorted(file.stem for file in FOLDER.glob("en/*.md"))


def test_pages_have_one_title_and_unique_ids(pages: dict[str, Reader]) -> None:
    for path, page in pages.items():
        assert page.headings.count("h1") == 1, path
        assert len(set(page.ids)) == len(page.ids), path


def test_headings_go_down_one_level_at_a_time(pages: dict[str, Reader]) -> None:
    for path, page in pages.items():
        text = page.headings[page.headings.index("h1") :]
        steps = [int(after[1]) - int(before[1]) for before, after in itertools.pairwise(text)]
        assert max(steps, default=0) <= 1, (path, text)


def test_no_link_is_dead(pages: dict[str, Reader]) -> None:
    dead = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.netloc or parts.scheme == "mailto":
                continue
            target = parts.path or path
            if target in pages:
                is_alive = not parts.fragment or parts.fragment in pages[target].ids
            else:
                is_alive = _leads_somewhere(target)
            dead += [] if is_alive else [f"{path}: {link}"]
    assert not dead, "\n".join(dead)


def _leads_somewhere(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def test_a_page_weighs_at_most_80_kilobytes(client: Client) -> None:
    """In Assamese, whose font is the largest."""
    weights: dict[str, int] = {}
    for page in all_pages("as").values():
        html = client.get(page.path).content
        files = set(re.findall(r'(?:src|href)="/static/([^"#]+)', html.decode()))
        assert "fonts/NotoSansBengali.woff2" in files
        files |= {"js/docs-search.js", "fonts/languages.woff2"}  # which the others load
        for name in files - weights.keys():
            weights[name] = compressed(Path(str(finders.find(name))).read_bytes())
        total = compressed(html) + sum(weights[name] for name in files)
        assert total <= 80 * 1024, (page.path, total)


def compressed(content: bytes) -> int:
    return len(gzip.compress(content))


def others(html: str) -> dict[str, str]:
    return dict(re.findall('<link rel="alternate" hreflang="(.+?)" href="(.+?)">', html))


def versions(path: str) -> dict[str, str]:
    """The addresses of a page in each language; the interactive reference has one."""
    if path == "/docs/api/":
        return {}
    english = settings.PUBLIC_URL + re.sub("^/(hi|as)/", "/", path)
    hindi, assamese = (
        re.sub("(//[^/]+)", rf"\1/{code}", english, count=1) for code in ("hi", "as")
    )
    return {"en": english, "x-default": english, "hi": hindi, "as": assamese}


def test_search_engines_find_every_page_by_its_address(client: Client) -> None:
    listed = re.findall("<loc>(.+)</loc>", client.get("/sitemap.xml").content.decode())
    assert (
        f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml" in client.get("/robots.txt").content.decode()
    )
    english = ["/", *(page.path for page in all_pages().values()), "/status/"]
    paths = ["/docs/api/", *(prefix + path for prefix in ("", "/hi", "/as") for path in english)]
    assert listed == [f"{settings.PUBLIC_URL}{path}" for path in paths]
    for path in paths:
        html = client.get(path).content.decode()
        assert f'<link rel="canonical" href="{settings.PUBLIC_URL}{path}">' in html
        assert others(html) == versions(path)
        assert "noindex" not in html
        picture = re.findall('property="og:image" content="([^"]+)"', html)
        assert picture == [f"{settings.PUBLIC_URL}/static/img/front/social.jpg"]
    with Image.open(str(finders.find("img/front/social.jpg"))) as image:
        assert image.size == (1200, 630)


def test_every_addition_is_on_exactly_one_page() -> None:
    included = [
        part for page in all_pages().values() for part in additions.included_in(page.source)
    ]
    found = Counter(name for part in included for name in (part.title, *part.headings))
    # The codes are a table of the declarations themselves.
    expected = {name: 1 for _, name in additions.headings() if name != "Error codes"}
    assert found == expected


def test_a_section_is_read_without_another_one() -> None:
    whole = additions.read_section("Deployments")
    part = additions.read_section("Deployments", without=["Domains of a merchant"])
    assert "## Domains of a merchant" in whole
    assert "## Domains of a merchant" not in part
    assert part.splitlines()[0] == whole.splitlines()[0]
    assert "## Shops by path" in part


def test_an_unknown_section_is_an_error() -> None:
    with pytest.raises(LookupError, match="no section 'Nothing'"):
        additions.read_section("Nothing")


def test_every_page_is_served_as_markdown(client: Client) -> None:
    for page in all_pages().values():
        response = client.get(page.markdown_path)
        assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
        text = response.content.decode()
        first, *_ = render_parts(text, code_beside=True)
        assert first.plain[:2] == [page.title, page.summary]
        assert not re.search("{%|{{ ", text), page.name


@pytest.mark.parametrize("language", ["en", "hi", "as"])
def test_summaries_are_words_without_markup(language: str) -> None:
    """Search engines, chats, readers of feeds and language models show them as they are."""
    for page in all_pages(language).values():
        assert not re.search(r"[\[\]`*]", page.summary), page.path


def test_llms_txt_lists_all_pages(client: Client) -> None:
    text = client.get("/llms.txt").content.decode()
    assert text.startswith("# ShopIQ API\n\n> ")
    for page in all_pages().values():
        assert f"{page.markdown_path}): {page.summary}" in text


def test_pages_lead_to_their_neighbours() -> None:
    first, *_, last = all_pages().values()
    assert neighbours(first)[0] is None
    assert neighbours(last)[1] is None
    assert neighbours(all_pages()["quick-start"])[0] == first


@pytest.mark.parametrize("path", ["/docs/nothing/", "/docs/nothing.md", "/docs/../overview.md"])
def test_other_addresses_are_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
