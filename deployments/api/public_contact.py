"""Validation of a shop's public contact and its language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop
from rest_framework import serializers

from accounts.api.account_serializers import AddressSerializer, EmailField
from config.api.serializers import StrictSerializer, TextField
from deployments.material import is_international_number
from deployments.models import Deployment


class InternationalPhoneField(TextField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not is_international_number(text):
            raise serializers.ValidationError(
                "must be a phone number with its country code, such as +919876543210"
            )
        return text


class PublicContactSerializer(StrictSerializer):
    """Each line replaces that of the account; null hides it."""

    email = EmailField(
        required=False,
        allow_null=True,
        allow_blank=False,
        help_text=gettext_noop("The email address."),
    )
    phone = InternationalPhoneField(
        required=False,
        allow_null=True,
        allow_blank=False,
        help_text=gettext_noop("The phone number, with its country code."),
    )
    whatsapp = InternationalPhoneField(
        required=False,
        allow_null=True,
        allow_blank=False,
        help_text=gettext_noop(
            "The number for WhatsApp; by default the phone number that is shown."
        ),
    )
    address = AddressSerializer(
        required=False, allow_null=True, help_text=gettext_noop("The address.")
    )


class LanguageField(TextField):
    json_schema = {"type": "string", "enum": Deployment.Language.values}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text not in Deployment.Language.values:
            names = ", ".join(Deployment.Language.values)
            raise serializers.ValidationError(f"must be one of: {names}")
        return text


def read_contact(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return plain data to store, None for the account's own contact."""
    if values is None:
        return None
    contact: dict[str, Any] = dict(values)
    if address := contact.get("address"):
        contact["address"] = {name: line for name, line in address.items() if line}
    return contact or None
