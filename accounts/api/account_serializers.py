"""Validation of account requests (API documentation, Account Model); errors name their field."""

from __future__ import annotations

import re
from typing import Any

from django.core.validators import DomainNameValidator, EmailValidator
from django.utils.translation import gettext_noop
from rest_framework import serializers

from accounts.phones import MAX_DIGITS, MIN_DIGITS, national_number, read_digits
from accounts.services.accounts import DEFAULT_CURRENCY
from config.api.references import ReferenceSerializer
from config.api.serializers import REQUIRED, HttpUrlField, ListField, StrictSerializer, TextField

#: In bytes (RFC 5321, section 4.5.3.1.1).
_MAX_LOCAL_PART = 64
_NO_ADDRESS = "must be a valid email address"


class EmailField(TextField):
    """An address that can receive mail from the internet."""

    json_schema = {"type": "string", "format": "email", "maxLength": 254}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)
        # By default, the validator allows localhost.
        self.validators += [EmailValidator(_NO_ADDRESS, allowlist=[]), _check_local_part]


def _check_local_part(address: str) -> None:
    if len(address.rpartition("@")[0].encode()) > _MAX_LOCAL_PART:
        raise serializers.ValidationError(_NO_ADDRESS)


class DomainField(TextField):
    json_schema = {"type": "string", "format": "hostname", "maxLength": 253}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=253, **options)
        message = "must be a domain name such as shop.example.com"
        self.validators.append(DomainNameValidator(message=message))


class CountryCodeField(serializers.Field[int, Any, int, Any]):
    """An integer from 1 to 9999; a string of digits and a number like 91.0 are accepted, too."""

    default_error_messages = {**REQUIRED}
    json_schema = {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": 9999},
            {"type": "string", "pattern": "^[0-9]{1,4}$"},
        ]
    }

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and re.fullmatch(r"[0-9]{1,4}", data):
            data = int(data)
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int) or not 1 <= data <= 9999:
            raise serializers.ValidationError("must be a country calling code such as 91")
        return data

    def to_representation(self, value: int) -> int:
        return value


class PhoneField(TextField):
    """A number as people write it; what is stored is as given."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=60, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if len(read_digits(text)) < MIN_DIGITS:
            raise serializers.ValidationError(f"must have {MIN_DIGITS} to {MAX_DIGITS} digits")
        return text


class MobileNumberSerializer(StrictSerializer):
    value = PhoneField(help_text=gettext_noop("The digits, such as 9876543210."))
    countryCode = CountryCodeField(help_text=gettext_noop("Country calling code, such as 91."))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        national = national_number(attrs["countryCode"], attrs["value"])
        if len(f"{attrs['countryCode']}{national}") > MAX_DIGITS:
            raise serializers.ValidationError(
                f"must have at most {MAX_DIGITS} digits with its country code"
            )
        return attrs


class AddressSerializer(StrictSerializer):
    addLineOne = TextField(
        max_length=300, required=False, allow_null=True, help_text=gettext_noop("Address line 1.")
    )
    addLineTwo = TextField(
        max_length=300, required=False, allow_null=True, help_text=gettext_noop("Address line 2.")
    )
    city = TextField(
        max_length=120, required=False, allow_null=True, help_text=gettext_noop("City.")
    )
    state = TextField(
        max_length=120,
        required=False,
        allow_null=True,
        help_text=gettext_noop("State or province."),
    )
    country = TextField(
        max_length=120, required=False, allow_null=True, help_text=gettext_noop("Country.")
    )
    pincode = TextField(
        max_length=20,
        required=False,
        allow_null=True,
        help_text=gettext_noop("Postal or ZIP code."),
    )


class SocialMediaSerializer(StrictSerializer):
    name = TextField(max_length=60, help_text=gettext_noop("The name of the network."))
    url = HttpUrlField(help_text=gettext_noop("The URL of the profile."))


class ProfileSerializer(StrictSerializer):
    """The optional fields, in the order of the API documentation; null clears a field."""

    firstName = TextField(
        max_length=100, required=False, allow_null=True, help_text=gettext_noop("First name.")
    )
    lastName = TextField(
        max_length=100, required=False, allow_null=True, help_text=gettext_noop("Last name.")
    )
    profilePicture = HttpUrlField(
        required=False, allow_null=True, help_text=gettext_noop("URL of the profile picture.")
    )
    currency = TextField(
        max_length=10,
        required=False,
        allow_null=True,
        help_text=gettext_noop("Default currency symbol.") + f" Default: `{DEFAULT_CURRENCY}`.",
    )
    domains = ListField(
        child=DomainField(),
        max_length=50,
        required=False,
        allow_null=True,
        help_text=gettext_noop("Custom domains of the account."),
    )
    legalName = TextField(
        max_length=200, required=False, allow_null=True, help_text=gettext_noop("Full legal name.")
    )
    about = TextField(
        max_length=5000,
        required=False,
        allow_null=True,
        help_text=gettext_noop("Short description or bio."),
    )
    socialMedia = ListField(
        child=SocialMediaSerializer(),
        max_length=30,
        required=False,
        allow_null=True,
        help_text=gettext_noop("Profiles on social media."),
    )
    businessName = TextField(
        max_length=200,
        required=False,
        allow_null=True,
        help_text=gettext_noop("Name of the business."),
    )
    typeOfBusiness = TextField(
        max_length=120,
        required=False,
        allow_null=True,
        help_text=gettext_noop("Primary type of business."),
    )
    businessCategory = TextField(
        max_length=120,
        required=False,
        allow_null=True,
        help_text=gettext_noop("Main business category."),
    )
    businessSubCategory = ListField(
        child=TextField(max_length=120),
        max_length=50,
        required=False,
        allow_null=True,
        help_text=gettext_noop("Sub-categories of the business."),
    )
    address = AddressSerializer(
        required=False, allow_null=True, help_text=gettext_noop("Business address.")
    )
    logoUrl = HttpUrlField(
        required=False, allow_null=True, help_text=gettext_noop("URL of the logo of the business.")
    )
    favicon = HttpUrlField(
        required=False,
        allow_null=True,
        help_text=gettext_noop("URL of the favicon of the website."),
    )


class AccountSerializer(ProfileSerializer, ReferenceSerializer):
    """The body of createAccount."""

    email = EmailField(help_text=gettext_noop("Email address of the account holder; unique."))
    mobileNumber = MobileNumberSerializer(help_text=gettext_noop("Phone number; unique."))


class AccountChangeSerializer(ProfileSerializer, ReferenceSerializer):
    """The body of updateAccount; email and mobile number can be omitted but not cleared."""

    email = EmailField(
        required=False,
        allow_blank=False,
        help_text=gettext_noop("Email address of the account holder; unique."),
    )
    mobileNumber = MobileNumberSerializer(
        required=False, help_text=gettext_noop("Phone number; unique.")
    )
