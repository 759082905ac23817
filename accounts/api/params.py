"""Strict reading of single parameters of management requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.api.errors import account_not_found
from config.api.error_codes import INVALID_FIELD, INVALID_PARAMETER
from config.api.errors import ApiError, bad_request
from config.api.timestamps import parse_timestamp
from config.db.ids import is_id


def query_text(request: Any, name: str) -> str:
    """Return a query parameter, "" if it is absent."""
    return str(request.query_params.get(name, ""))


def external_id_filter(request: Any) -> dict[str, str]:
    """Return the look-up of a list by `externalId`, empty without the parameter."""
    # PostgreSQL stores no NUL, so no row has one.
    external_id = query_text(request, "externalId").strip().replace("\x00", "\ufffd")
    return {"external_id": external_id} if external_id else {}


def query_timestamp(request: Any, name: str) -> datetime | None:
    """Return a date and time of the query, None if it is absent; raise 400 if it is malformed."""
    # A `+` that was not encoded arrives as a space.
    text = query_text(request, name)
    if not text:
        return None
    try:
        return parse_timestamp(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        raise invalid_timestamp(name) from None


def invalid_timestamp(name: str) -> ApiError:
    message = f"{name} must be an ISO 8601 date and time"
    return bad_request(message, code=INVALID_PARAMETER, field=name)


def body_text(request: Any, name: str) -> str:
    """Return a string of the body, "" if absent or null; raise 400 for another type."""
    value = request.data.get(name)
    if value is not None and not isinstance(value, str):
        raise not_a_string(name)
    return value or ""


def not_a_string(name: str) -> ApiError:
    return bad_request(f"{name} must be a string", code=INVALID_FIELD, field=name)


def parse_id(account_id: str) -> str:
    """Return the id unchanged; raise the 404 of an unknown id if it is malformed."""
    if not is_id(account_id):
        raise account_not_found()
    return account_id
