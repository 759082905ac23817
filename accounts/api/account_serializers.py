"""Validation of account requests (API documentation, Account Model); errors name their field."""

from __future__ import annotations

import re
from typing import Any

from django.core.validators import DomainNameValidator, EmailValidator
from rest_framework import serializers

from accounts.phones import MAX_DIGITS, MIN_DIGITS, national_number, read_digits
from config.api.references import ReferenceSerializer
from config.api.serializers import REQUIRED, HttpUrlField, ListField, StrictSerializer, TextField

#: In bytes (RFC 5321, section 4.5.3.1.1).
_MAX_LOCAL_PART = 64
_NO_ADDRESS = "must be a valid email address"


class EmailField(TextField):
    """An address that can receive mail from the internet."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)
        # By default, the validator allows localhost.
        self.validators += [EmailValidator(_NO_ADDRESS, allowlist=[]), _check_local_part]


def _check_local_part(address: str) -> None:
    if len(address.rpartition("@")[0].encode()) > _MAX_LOCAL_PART:
        raise serializers.ValidationError(_NO_ADDRESS)


class DomainField(TextField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=253, **options)
        message = "must be a domain name such as shop.example.com"
        self.validators.append(DomainNameValidator(message=message))


class CountryCodeField(serializers.Field[int, Any, int, Any]):
    """An integer from 1 to 9999; a string of digits and a number like 91.0 are accepted, too."""

    default_error_messages = {**REQUIRED}

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
    value = PhoneField()
    countryCode = CountryCodeField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        national = national_number(attrs["countryCode"], attrs["value"])
        if len(f"{attrs['countryCode']}{national}") > MAX_DIGITS:
            raise serializers.ValidationError(
                f"must have at most {MAX_DIGITS} digits with its country code"
            )
        return attrs


class AddressSerializer(StrictSerializer):
    addLineOne = TextField(max_length=300, required=False, allow_null=True)
    addLineTwo = TextField(max_length=300, required=False, allow_null=True)
    city = TextField(max_length=120, required=False, allow_null=True)
    state = TextField(max_length=120, required=False, allow_null=True)
    country = TextField(max_length=120, required=False, allow_null=True)
    pincode = TextField(max_length=20, required=False, allow_null=True)


class SocialMediaSerializer(StrictSerializer):
    name = TextField(max_length=60)
    url = HttpUrlField()


class ProfileSerializer(StrictSerializer):
    """The optional fields, in the order of the API documentation; null clears a field."""

    firstName = TextField(max_length=100, required=False, allow_null=True)
    lastName = TextField(max_length=100, required=False, allow_null=True)
    profilePicture = HttpUrlField(required=False, allow_null=True)
    currency = TextField(max_length=10, required=False, allow_null=True)
    domains = ListField(child=DomainField(), max_length=50, required=False, allow_null=True)
    legalName = TextField(max_length=200, required=False, allow_null=True)
    about = TextField(max_length=5000, required=False, allow_null=True)
    socialMedia = ListField(
        child=SocialMediaSerializer(), max_length=30, required=False, allow_null=True
    )
    businessName = TextField(max_length=200, required=False, allow_null=True)
    typeOfBusiness = TextField(max_length=120, required=False, allow_null=True)
    businessCategory = TextField(max_length=120, required=False, allow_null=True)
    businessSubCategory = ListField(
        child=TextField(max_length=120), max_length=50, required=False, allow_null=True
    )
    address = AddressSerializer(required=False, allow_null=True)
    logoUrl = HttpUrlField(required=False, allow_null=True)
    favicon = HttpUrlField(required=False, allow_null=True)


class AccountSerializer(ProfileSerializer, ReferenceSerializer):
    """The body of createAccount."""

    email = EmailField()
    mobileNumber = MobileNumberSerializer()


class AccountChangeSerializer(ProfileSerializer, ReferenceSerializer):
    """The body of updateAccount; email and mobile number can be omitted but not cleared."""

    email = EmailField(required=False, allow_blank=False)
    mobileNumber = MobileNumberSerializer(required=False)
