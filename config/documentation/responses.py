"""What an endpoint returns, in Markdown: examples of successes, and a table of errors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext

from config.documentation.description import JSON, resolve
from config.documentation.tables import table
from config.openapi.generator import read_schema

#: Members of every error, and `field`, which many have.
_EVERY_ERROR = {"success", "message", "code", "field", "requestId", "timestamp"}
#: Errors of every endpoint, or of each that reads a body or an idempotency key: one page has them.
_SHARED_CODES = (
    "api_key_required",
    "body_too_large",
    "daily_rate_limited",
    "https_required",
    "idempotency_key_in_use",
    "idempotency_key_reused",
    "internal_error",
    "invalid_api_key",
    "invalid_body",
    "invalid_idempotency_key",
    "invalid_json",
    "invalid_request",
    "ip_not_allowed",
    "key_expired",
    "partner_inactive",
    "permission_denied",
    "rate_limited",
    "too_many_refused_requests",
    "unavailable",
    "unsupported_media_type",
)


def success_blocks(operation: dict[str, Any]) -> Iterator[str]:
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            for summary, value in _examples(response):
                yield json_block(f"{status} {gettext(summary)}", value)


def error_blocks(operation: dict[str, Any]) -> Iterator[str]:
    """List the errors that this endpoint has beyond those of all endpoints."""
    if rows := [row for is_shared, row in _error_rows(operation) if not is_shared]:
        yield f"**{gettext('Errors')}**"
        yield _error_table(rows)


def shared_errors() -> str:
    """List the errors that endpoints have in common."""
    paths = read_schema()["paths"].values()
    found = [
        each for path in paths for operation in path.values() for each in _error_rows(operation)
    ]
    return _error_table(sorted({row for is_shared, row in found if is_shared}))


def _error_rows(operation: dict[str, Any]) -> Iterator[tuple[bool, tuple[str, ...]]]:
    """Yield the row of each error, and whether endpoints share it."""
    for status, response in operation["responses"].items():
        if status >= "400":
            for _, value in _examples(response):
                code = value["code"]
                more = ", ".join(f"`{name}`" for name in value if name not in _EVERY_ERROR)
                row = (status, f"`{value['message']}`", f"`{code}`", more)
                yield code in _SHARED_CODES, row


def _error_table(rows: Sequence[tuple[str, ...]]) -> str:
    """The last column is left out if no error has more members."""
    head = (gettext("Status"), gettext("Message"), gettext("Code"), gettext("More members"))
    columns = 4 if any(more for *_, more in rows) else 3
    return table(head[:columns], [row[:columns] for row in rows])


def _examples(response: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    content = resolve(response).get("content", {}).get(JSON, {})
    for name, example in content.get("examples", {}).items():
        yield example.get("summary", name), resolve(example)["value"]


def json_block(title: str, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return f'```json title="{title}"\n{text}\n```'
