"""Serializer fields without conversions: a value has the documented type or is rejected."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from config.api.error_codes import INVALID_FIELD
from config.api.errors import ApiError, bad_request
from config.egress.urls import MAX_URL_LENGTH

#: Preceded by the name of the field.
REQUIRED = {"required": "is required", "null": "must not be null"}


class TextField(serializers.CharField):
    """A trimmed string; numbers are rejected."""

    default_error_messages = {
        **REQUIRED,
        "invalid": "must be a string",
        "blank": "must not be empty",
        "max_length": "must have at most {max_length} characters",
    }

    def __init__(self, **options: Any) -> None:
        # An optional text may be set to ""; for a required one, that is as good as missing.
        options.setdefault("allow_blank", options.get("required") is False)
        super().__init__(**options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        # CharField checks for blanks first, which would accept a number.
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class HttpUrlField(TextField):
    """An absolute http or https URL with a host and without credentials."""

    json_schema = {"type": "string", "format": "uri", "maxLength": MAX_URL_LENGTH}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_URL_LENGTH, **options)

    def to_internal_value(self, data: Any) -> str:
        url = super().to_internal_value(data)
        if url and not _is_http_url(url):
            raise serializers.ValidationError("must be an http or https URL")
        return url


class ListField(serializers.ListField):
    default_error_messages = {
        **REQUIRED,
        "not_a_list": "must be an array",
        "max_length": "must have at most {max_length} items",
    }


class StrictSerializer(serializers.Serializer[Any]):
    """A JSON object; unknown members are ignored."""

    default_error_messages = {**REQUIRED, "invalid": "must be an object"}

    def read(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the validated members that are present; raise a 400 that names the first bad
        field."""
        try:
            return dict(self.run_validation(data))
        except serializers.ValidationError as error:
            raise _first_error(error.detail) from None


def _first_error(detail: Any) -> ApiError:
    path: list[str] = []
    while not isinstance(detail, str):
        if isinstance(detail, dict):
            name = next(iter(detail))
            if name != "non_field_errors":
                path.append(str(name))
            detail = detail[name]
        else:
            # Most items of a list have no error; report the first one that has.
            number = next(number for number, item in enumerate(detail) if item)
            if not isinstance(detail[number], str):
                path.append(str(number))
            detail = detail[number]
    field = ".".join(path)
    return bad_request(f"{field} {detail}".strip(), code=INVALID_FIELD, field=field)


def _is_http_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    if any(character.isspace() or ord(character) < 32 for character in text):
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
