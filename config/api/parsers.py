"""The strict JSON parser of the public API."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from rest_framework.parsers import BaseParser

from config.api.error_codes import (
    BODY_TOO_LARGE,
    INVALID_BODY,
    INVALID_JSON,
    UNSUPPORTED_MEDIA_TYPE,
)
from config.api.errors import ApiError, bad_request

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
_INTEGERS = range(-(2**63), 2**63)
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
#: Possessive, and the closing quote is optional: with backtracking, a body of escaped quotes would
#: be scanned to its end from each of them, which takes minutes at 256 KB.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


class StrictJSONParser(BaseParser):
    """Parse a body that is one JSON object, else raise 400, 413 or 415."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        check_content_type(media_type)
        check_content_encoding(context)
        declared = int(context["request"].META["CONTENT_LENGTH"]) if context else 0
        if declared > MAX_BYTES:
            raise body_too_large()
        return parse_object(_read(stream, declared))


def _read(stream: Any, declared: int) -> bytes:
    """Read the complete body; a truncated one is rejected even if it happens to be valid JSON."""
    try:
        body: bytes = stream.read(MAX_BYTES + 1)
    except OSError:
        body = b""
    if len(body) < declared:
        raise unreadable_body()
    return body


def unreadable_body() -> ApiError:
    return bad_request("Request body could not be read", code=INVALID_BODY)


def body_too_large() -> ApiError:
    """Return a 413, used both before and after reading the body."""
    return ApiError(413, "Request body is too large (maximum 256 KB)", code=BODY_TOO_LARGE)


def check_content_type(content_type: str | None) -> None:
    """Require `application/json` in UTF-8, else raise 415 (API documentation, Authentication)."""
    kind, _, parameters = (content_type or "").partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters, re.IGNORECASE)
    if kind.strip().lower() != "application/json" or (
        charset and charset[1].lower() not in ("utf-8", "utf8")
    ):
        raise ApiError(415, "Content-Type must be application/json", code=UNSUPPORTED_MEDIA_TYPE)


def check_content_encoding(context: Mapping[str, Any] | None) -> None:
    """Raise 415 for a compressed body (RFC 9110, 15.5.16), which could expand to any size."""
    encoding = context["request"].META.get("HTTP_CONTENT_ENCODING", "") if context else ""
    if encoding.strip().lower() not in ("", "identity"):
        raise encoding_not_supported()


def encoding_not_supported() -> ApiError:
    message = "Content-Encoding is not supported; send the body as it is"
    return ApiError(415, message, code=UNSUPPORTED_MEDIA_TYPE)


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object; raise `ApiError` (400, 413)."""
    if len(body) > MAX_BYTES:
        raise body_too_large()
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise bad_request("Request body must be UTF-8", code=INVALID_JSON) from None
    _check_depth(text)
    value = _parse(text)
    if not isinstance(value, dict):
        raise bad_request("Request body must be a JSON object", code=INVALID_JSON)
    # Escapes can produce strings that UTF-8 cannot encode, so the parsed strings are checked.
    if "\\u" in text or "\x00" in text:
        _check_strings(value)
    return value


def _parse(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_reject_constant,
            parse_int=_integer,
            parse_float=_number,
        )
    except (json.JSONDecodeError, RecursionError):
        raise bad_request("Request body is not valid JSON", code=INVALID_JSON) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise bad_request("Request body repeats a field name", code=INVALID_JSON)
    return result


def _reject_constant(name: str) -> NoReturn:
    raise bad_request(f"Request body contains {name}, which is not JSON", code=INVALID_JSON)


def _integer(digits: str) -> int:
    # Checked before converting: parsing a hundred thousand digits would be an easy attack.
    if len(digits) > 20 or (value := int(digits)) not in _INTEGERS:
        raise bad_request("Request body contains a number out of range", code=INVALID_JSON)
    return value


def _number(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise bad_request("Request body contains a number out of range", code=INVALID_JSON)
    return value


def _check_depth(text: str) -> None:
    """Reject nesting beyond 32 before the recursive parser runs."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _STRING_OR_BRACKET.findall(text):
        if bracket in "[{":
            depth += 1
        elif bracket in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise bad_request("Request body is nested too deeply", code=INVALID_JSON)


def _check_strings(value: Any) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            _check_strings(name)
            _check_strings(item)
    elif isinstance(value, list):
        for item in value:
            _check_strings(item)
    elif isinstance(value, str) and _FORBIDDEN.search(value):
        raise bad_request(
            "Request body contains a character that is not allowed", code=INVALID_JSON
        )
