"""Validation of createAndDeploy requests, with the documented error messages."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from django.conf import settings

from config.api.error_codes import MISSING_FIELDS
from config.api.errors import bad_request
from config.api.serializers import HttpUrlField, StrictSerializer, TextField
from config.egress import EgressError, ParsedUrl, check_url
from config.egress.urls import MAX_URL_LENGTH, is_localhost
from deployments.categories import CATEGORIES
from deployments.error_codes import (
    INVALID_CATEGORY,
    INVALID_WEBHOOK_URL,
    INVALID_WEBSITE_TYPE,
    TOO_MANY_CATEGORIES,
)
from deployments.services.creation import DeploymentRequest

MAX_CATEGORIES = 5
_REQUIRED = "accountId, businessCategory (array), brandName, and webhookUrl are required"


class OptionsSerializer(StrictSerializer):
    """The members that are checked field by field."""

    accountId = TextField(max_length=64)
    brandName = TextField(max_length=200)
    webhookUrl = TextField(max_length=MAX_URL_LENGTH)
    brandLogo = HttpUrlField(required=False, allow_null=True)
    webhookSecret = TextField(
        required=False, allow_null=True, max_length=256, trim_whitespace=False
    )


def read_deployment_request(body: dict[str, Any]) -> DeploymentRequest:
    """Read the body of createAndDeploy; raise the documented 400 of the first error."""
    categories = body.get("businessCategory")
    texts = [body.get(name) for name in ("accountId", "brandName", "webhookUrl")]
    if not isinstance(categories, list) or not categories or any(map(_is_blank, texts)):
        raise bad_request(_REQUIRED, code=MISSING_FIELDS)
    values = OptionsSerializer().read(body)
    if body.get("websiteType") not in (None, "ecommerce"):
        raise bad_request(
            "Only 'ecommerce' websiteType is supported at this time.",
            code=INVALID_WEBSITE_TYPE,
            field="websiteType",
        )
    return DeploymentRequest(
        account_id=values["accountId"],
        brand_name=values["brandName"],
        categories=_read_categories(categories),
        webhook_url=_checked_receiver(values["webhookUrl"]),
        logo_url=values.get("brandLogo") or "",
        webhook_secret=values.get("webhookSecret") or "",
    )


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _read_categories(given: list[Any]) -> tuple[str, ...]:
    unique = list({json.dumps(item, sort_keys=True): item for item in given}.values())
    invalid = [item for item in unique if not isinstance(item, str) or item not in CATEGORIES]
    if invalid:
        names = ", ".join(item if isinstance(item, str) else json.dumps(item) for item in invalid)
        raise bad_request(
            f"Invalid categories: {names}",
            code=INVALID_CATEGORY,
            field="businessCategory",
            validCategories=list(CATEGORIES),
        )
    if len(unique) > MAX_CATEGORIES:
        raise bad_request(
            f"Maximum {MAX_CATEGORIES} categories allowed per store.",
            code=TOO_MANY_CATEGORIES,
            field="businessCategory",
        )
    return tuple(unique)


def _checked_receiver(url: str) -> str:
    """Check for a public https URL; `ALLOW_LOOPBACK_URLS` also allows this machine."""
    with suppress(EgressError):
        if _is_loopback(check_url(url, allow_loopback=settings.ALLOW_LOOPBACK_URLS)):
            return url
        # Check again: the setting also lifts other limits, such as the one on ports.
        if check_url(url, allow_loopback=False).scheme == "https":
            return url
    message = "webhookUrl must be a public https URL"
    raise bad_request(message, code=INVALID_WEBHOOK_URL, field="webhookUrl")


def _is_loopback(parsed: ParsedUrl) -> bool:
    if parsed.address is not None:
        return bool(parsed.address.is_loopback)
    return is_localhost(parsed.host)
