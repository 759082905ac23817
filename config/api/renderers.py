"""How an answer becomes bytes: always JSON, compact, in UTF-8."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer


def encode(data: Any) -> bytes:
    """Compact JSON; non-ASCII text stays as it is."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


class EnvelopeRenderer(BaseRenderer):
    """Named to the framework, which uses it for `Response`; our views answer `ApiResponse`."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, context: Any = None) -> bytes:
        return b"" if data is None else encode(data)


class AlwaysJSON(BaseContentNegotiation):
    """The API speaks JSON whatever `Accept` says, so that an error is never a 406 or HTML."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ApiResponse(HttpResponse):
    """A finished JSON answer: no second rendering pass, which the hot path would pay for.

    `target` is the id of what the call made, for the request log; it is not sent.
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
        # The framework adds it in a middleware, which an early refusal never passes.
        self.headers["Content-Length"] = str(len(self.content))
        # Answers tell of one caller's points and accounts; no cache between us may keep them.
        self.headers["Cache-Control"] = "no-store"
