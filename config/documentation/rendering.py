"""Pages as Markdown with their facts, and as HTML."""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template import Context, Engine, Template
from django.utils import translation

from config.documentation.contents import ENGLISH, Page, all_pages
from config.documentation.markdown import Part, render_parts
from config.documentation.operations import example_request
from config.documentation.samples import PLACEHOLDERS
from config.pages.languages import address_in

#: Prices and integrations come from the database, and may change.
_SECONDS = 60
_ENDPOINT = re.compile(r'data-endpoint="([^"]+)"')
_LINK = re.compile(r"\]\((/[^)]*)\)")


def page_markdown(page: Page) -> str:
    """Return the page's source with its facts."""
    with translation.override(page.language):
        return _markdown(page.name, page.language, _minute())


def page_parts(page: Page) -> list[Part]:
    """Return the parts; in each language, headings have the ids of the English page."""
    with translation.override(page.language):
        return _parts(page.name, page.language, _minute())


def page_requests(page: Page) -> dict[str, dict[str, Any]]:
    """Return the requests of the page's samples, by the name of their endpoint."""
    html = "".join(part.code + part.text for part in page_parts(page))
    return {name: _request(name) for name in dict.fromkeys(_ENDPOINT.findall(html))}


def _request(name: str) -> dict[str, Any]:
    request = example_request(name)
    return {
        "method": request.method,
        "path": request.url.removeprefix(settings.PUBLIC_URL),
        "api": next(api for api, key in PLACEHOLDERS.items() if key == request.key),
        "body": request.body,
    }


@lru_cache(maxsize=256)
def _markdown(name: str, language: str, _minute: int) -> str:
    template = Template(all_pages(language)[name].source, engine=_engine())
    text = template.render(Context({"public_url": settings.PUBLIC_URL}, autoescape=False))
    return _LINK.sub(lambda found: f"]({address_in(language, found[1])})", text)


@lru_cache(maxsize=256)
def _parts(name: str, language: str, minute: int) -> list[Part]:
    page = all_pages(language)[name]
    ids: list[str] = []
    if language != ENGLISH:
        english = page_parts(all_pages(ENGLISH)[name])
        ids = [part.heading.id for part in english if part.heading]
    return render_parts(
        _markdown(name, language, minute), code_beside=not page.is_guide, heading_ids=ids
    )


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return Engine(builtins=["config.documentation.tags"], autoescape=False)


def _minute() -> int:
    return int(time.monotonic() // _SECONDS)
