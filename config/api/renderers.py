"""JSON responses: compact, in UTF-8."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer


def encode(data: Any) -> bytes:
    """Encode as compact JSON without escaping non-ASCII text."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


class EnvelopeRenderer(BaseRenderer):
    """Render DRF's own `Response`; our views return `ApiResponse`."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, context: Any = None) -> bytes:
        return b"" if data is None else encode(data)


class AlwaysJSON(BaseContentNegotiation):
    """Ignore `Accept`, so that no error becomes a 406 or HTML."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiResponse(HttpResponse):
    """A finished JSON response, which saves the hot path DRF's separate rendering.

    `target` is the id of what the call created, for the request log; it is not sent.
    """

    def __init__(
        self,
        data: Any,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        target: str = "",
    ) -> None:
        super().__init__(
            encode(data), status=status, content_type="application/json", headers=headers
        )
        self.target = target
        # Django adds it in a middleware that early errors never reach.
        self.headers["Content-Length"] = str(len(self.content))
        # Responses contain one caller's data, which no shared cache may store.
        self.headers["Cache-Control"] = "no-store"
