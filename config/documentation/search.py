"""What the search in the browser looks through: every part of every page, as JSON."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256

from django.utils.translation import get_language

from config.documentation.contents import ENGLISH, all_pages
from config.documentation.rendering import page_parts


def search_index() -> tuple[str, str]:
    """Return the index in the reader's language as JSON, and a short hash of it.

    Each entry is `[address, page, heading, text]`.
    """
    return _index_in(get_language() or ENGLISH)


@lru_cache(maxsize=3)
def _index_in(language: str) -> tuple[str, str]:
    entries = [
        [
            f"{page.path}#{part.heading.id}" if part.heading else page.path,
            page.title,
            part.heading.text if part.heading else "",
            # Without the heading itself, which results show above the text. That begins with a
            # sentence: what a part without any is about says the page's first.
            " ".join(" ".join([*(part.plain[1:] or parts[0].plain[1:2]), *part.facts]).split()),
        ]
        for page in all_pages(language).values()
        for parts in [page_parts(page)]
        for part in parts
    ]
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    return text, sha256(text.encode()).hexdigest()[:12]
