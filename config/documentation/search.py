"""What the search in the browser looks through: every part of every page, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256

from django.utils.translation import get_language

from config.documentation.contents import ENGLISH, Page, all_pages
from config.documentation.rendering import page_parts


def search_index() -> tuple[str, str]:
    """Return the index in the reader's language as JSON, and a short hash of it.

    Each entry is `[address, page, heading, text]`.
    """
    return _index_in(get_language() or ENGLISH)


@lru_cache(maxsize=3)
def _index_in(language: str) -> tuple[str, str]:
    entries = [entry for page in all_pages(language).values() for entry in _entries_of(page)]
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    return text, sha256(text.encode()).hexdigest()[:12]


def _entries_of(page: Page) -> Iterator[list[str]]:
    parts = page_parts(page)
    for part in parts:
        # Without the heading itself, which results show above the text. That begins with a
        # sentence: what a part without any is about says the page's first.
        words = [*(part.plain[1:] or parts[0].plain[1:2]), *part.facts]
        address = f"{page.path}#{part.heading.id}" if part.heading else page.path
        title = part.heading.text if part.heading else ""
        yield [address, page.title, title, " ".join(" ".join(words).split())]
        for name, text in part.rows:
            yield [f"{page.path}#{name}", page.title, name, text]
