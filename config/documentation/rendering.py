"""Pages as Markdown with their facts, and as HTML."""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template import Context, Engine, Template

from config.documentation.contents import Page, all_pages
from config.documentation.markdown import Part, render_parts
from config.documentation.operations import example_request
from config.documentation.samples import PLACEHOLDERS

#: Prices and integrations come from the database, and may change.
_SECONDS = 60
_ENDPOINT = re.compile(r'data-endpoint="([^"]+)"')


def page_markdown(page: Page) -> str:
    """Return the page's source with its facts."""
    return _markdown(page.name, _minute())


def page_parts(page: Page) -> list[Part]:
    return _parts(page.name, _minute())


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


@lru_cache(maxsize=128)
def _markdown(name: str, _minute: int) -> str:
    template = Template(all_pages()[name].source, engine=_engine())
    return template.render(Context({"public_url": settings.PUBLIC_URL}, autoescape=False))


@lru_cache(maxsize=128)
def _parts(name: str, minute: int) -> list[Part]:
    return render_parts(_markdown(name, minute), code_beside=not all_pages()[name].is_guide)


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return Engine(builtins=["config.documentation.tags"], autoescape=False)


def _minute() -> int:
    return int(time.monotonic() // _SECONDS)
