"""Validation of createAndDeploy and rebuild requests, with the documented error messages."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_noop
from rest_framework import serializers

from config.api.error_codes import MISSING_FIELDS
from config.api.errors import bad_request
from config.api.references import ReferenceSerializer, read_references
from config.api.serializers import REQUIRED, HttpUrlField, StrictSerializer, TextField
from config.egress.urls import MAX_URL_LENGTH
from deployments.api.public_contact import LanguageField, PublicContactSerializer, read_contact
from deployments.categories import CATEGORIES
from deployments.error_codes import (
    INVALID_CATEGORY,
    INVALID_WEBSITE_TYPE,
    TOO_MANY_CATEGORIES,
)
from deployments.models import Deployment
from deployments.services.creation import DeploymentRequest
from deployments.services.redeployments import ShopChanges
from integrations.api.webhook_urls import check_receiver

Language = Deployment.Language
MAX_CATEGORIES = 5
_REQUIRED = "accountId, businessCategory (array), brandName, and webhookUrl are required"


class CategoriesField(serializers.Field[Any, Any, Any, Any]):
    """A list that is not empty; its items are checked with the documented messages."""

    default_error_messages = {**REQUIRED}
    json_schema = {
        "type": "array",
        "items": {"type": "string", "enum": list(CATEGORIES)},
        "minItems": 1,
        "maxItems": MAX_CATEGORIES,
    }

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list) or not data:
            raise serializers.ValidationError("must be an array with at least one category")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class _ShopSerializer(StrictSerializer):
    """The members that createAndDeploy and rebuild have in common, checked field by field."""

    brandLogo = HttpUrlField(
        required=False,
        allow_null=True,
        help_text=gettext_noop(
            "URL of the logo; by default the account's, or one made of the brand name."
        ),
    )
    webhookSecret = TextField(
        required=False,
        allow_null=True,
        max_length=256,
        trim_whitespace=False,
        help_text=gettext_noop("Signs the events."),
    )
    publicContact = PublicContactSerializer(
        required=False,
        allow_null=True,
        help_text=gettext_noop(
            "What the shop shows in place of the account's contact; null hides a line."
        ),
    )
    language = LanguageField(
        required=False,
        allow_null=True,
        help_text=gettext_noop("The language of the shop's own texts."),
    )


class OptionsSerializer(_ShopSerializer):
    accountId = TextField(max_length=64, help_text=gettext_noop("The account."))
    brandName = TextField(max_length=200, help_text=gettext_noop("The name of the shop."))
    webhookUrl = TextField(
        max_length=MAX_URL_LENGTH, help_text=gettext_noop("Where events go: https, and public.")
    )


class ChangesSerializer(_ShopSerializer, ReferenceSerializer):
    brandName = TextField(
        max_length=200,
        required=False,
        allow_blank=False,
        help_text=gettext_noop("The name of the shop."),
    )
    webhookUrl = TextField(
        max_length=MAX_URL_LENGTH,
        required=False,
        allow_blank=False,
        help_text=gettext_noop("Where events go: https, and public."),
    )
    businessCategory = CategoriesField(
        required=False, help_text=gettext_noop("One to five of the supported categories.")
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
        webhook_url=check_receiver(values["webhookUrl"]),
        logo_url=values.get("brandLogo") or "",
        webhook_secret=values.get("webhookSecret") or "",
        language=values.get("language") or Language.ENGLISH.value,
        public_contact=read_contact(values.get("publicContact")),
        references=read_references(body),
    )


def read_changes(body: dict[str, Any]) -> ShopChanges:
    """Read the body of a rebuild; what is missing stays as it is."""
    values = ChangesSerializer().read(body)
    changes = ShopChanges()
    if "brandName" in values:
        changes["brand_name"] = values["brandName"]
    if "businessCategory" in values:
        changes["categories"] = _read_categories(values["businessCategory"])
    if "brandLogo" in values:
        changes["logo_url"] = values["brandLogo"] or ""
    if "webhookUrl" in values:
        changes["webhook_url"] = check_receiver(values["webhookUrl"])
    if "webhookSecret" in values:
        changes["webhook_secret"] = values["webhookSecret"] or ""
    if "language" in values:
        changes["language"] = values["language"] or Language.ENGLISH.value
    if "publicContact" in values:
        changes["public_contact"] = read_contact(values["publicContact"])
    if "externalId" in values:
        changes["external_id"] = values["externalId"] or ""
    if "metadata" in values:
        changes["metadata"] = values["metadata"] or {}
    return changes


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
