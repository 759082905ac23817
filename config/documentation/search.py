"""What the search in the browser looks through: every part of every page, as JSON."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256

from config.documentation.contents import all_pages
from config.documentation.rendering import page_parts


@lru_cache(maxsize=1)
def search_index() -> tuple[str, str]:
    """Return the index as JSON, and a short hash of it.

    Each entry is `[address, page, heading, text]`.
    """
    entries = [
        [
            f"{page.path}#{part.heading.id}" if part.heading else page.path,
            page.title,
            part.heading.text if part.heading else "",
            " ".join(" ".join(part.plain).split()),
        ]
        for page in all_pages().values()
        for part in page_parts(page)
    ]
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    return text, sha256(text.encode()).hexdigest()[:12]
