"""What an endpoint returns, in Markdown: examples of successes, and a table of errors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
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
    if errors := [each for each in _errors(operation) if each[1]["code"] not in _SHARED_CODES]:
        yield f"**{gettext('Errors')}**"
        yield _error_table(errors)
    if members := {value["code"]: more for _, value in errors if (more := _more_members(value))}:
        rows = [(f"`{code}`", more) for code, more in members.items()]
        yield table((gettext("Code"), gettext("More members")), rows)


def shared_errors() -> str:
    """List the errors that endpoints have in common."""
    operations = [each for path in read_schema()["paths"].values() for each in path.values()]
    errors = [each for operation in operations for each in _errors(operation)]
    shared = [each for each in errors if each[1]["code"] in _SHARED_CODES]
    return _error_table(sorted(shared, key=lambda each: (each[0], each[1]["message"])))


def _errors(operation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the status and the example of each error."""
    return [
        (status, value)
        for status, response in operation["responses"].items()
        if status >= "400"
        for _, value in _examples(response)
    ]


def _more_members(error: dict[str, Any]) -> str:
    return ", ".join(f"`{name}`" for name in error if name not in _EVERY_ERROR)


def _error_table(errors: Iterable[tuple[str, dict[str, Any]]]) -> str:
    rows = [(status, f"`{value['message']}`", f"`{value['code']}`") for status, value in errors]
    head = (gettext("Status"), gettext("Message"), gettext("Code"))
    return table(head, dict.fromkeys(rows))


def _examples(response: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    content = resolve(response).get("content", {}).get(JSON, {})
    for name, example in content.get("examples", {}).items():
        yield example.get("summary", name), resolve(example)["value"]


def json_block(title: str, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return f'```json title="{title}"\n{text}\n```'
