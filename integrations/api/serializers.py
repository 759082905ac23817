"""Bodies of the webhook endpoints of the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from config.api.error_codes import INVALID_FIELD, MISSING_FIELDS
from config.api.errors import ApiError, bad_request
from config.api.serializers import StrictSerializer, TextField
from config.egress.urls import MAX_URL_LENGTH
from integrations.api.webhook_urls import check_receiver
from integrations.error_codes import INVALID_EVENT_TYPE
from integrations.event_types import event_type_names
from integrations.services.endpoints import MAX_OVERLAP, EndpointChange

MAX_SECRET_LENGTH = 256
MAX_HOURS = MAX_OVERLAP // timedelta(hours=1)


class WebhookSerializer(StrictSerializer):
    """Where events go, and what signs them."""

    webhookUrl = TextField(required=False, max_length=MAX_URL_LENGTH)
    webhookSecret = TextField(
        required=False, allow_null=True, max_length=MAX_SECRET_LENGTH, trim_whitespace=False
    )


def read_change(body: dict[str, Any]) -> EndpointChange:
    """Read a change of `webhookUrl`, `webhookSecret` or both."""
    values = WebhookSerializer().read(body)
    url = values.get("webhookUrl")
    if url is None and "webhookSecret" not in values:
        raise bad_request("webhookUrl or webhookSecret is required", code=MISSING_FIELDS)
    secret = values["webhookSecret"] or "" if "webhookSecret" in values else None
    return EndpointChange(
        url=None if url is None else check_receiver(url),
        secret=secret,
        overlap=timedelta(hours=_read_hours(body)),
    )


def read_url_and_secret(body: dict[str, Any]) -> tuple[str, str | None]:
    """Read `webhookUrl`, "" if it is absent, and `webhookSecret`, None if it is absent."""
    values = WebhookSerializer().read(body)
    url = values.get("webhookUrl") or ""
    secret = values["webhookSecret"] or "" if "webhookSecret" in values else None
    return (check_receiver(url) if url else ""), secret


def read_event_types(body: dict[str, Any]) -> list[str]:
    """Read `events`; by default all."""
    names = event_type_names()
    given = body.get("events")
    if given is None:
        return names
    if not isinstance(given, list) or not given:
        message = "events must be a list of event names"
        raise bad_request(message, code=INVALID_FIELD, field="events")
    for name in given:
        if name not in names:
            raise invalid_event_type("events", names)
    return [name for name in names if name in given]


def invalid_event_type(field: str, names: list[str]) -> ApiError:
    return bad_request(
        f"{field}: the events are {', '.join(names)}",
        code=INVALID_EVENT_TYPE,
        field=field,
        validEvents=names,
    )


def _read_hours(body: dict[str, Any]) -> int:
    value = body.get("overlapHours", 0)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or value != int(value) or not 0 <= value <= MAX_HOURS:
        message = f"overlapHours must be a whole number from 0 to {MAX_HOURS}"
        raise bad_request(message, code=INVALID_FIELD, field="overlapHours")
    return int(value)
