"""Serializer fields that convert nothing: a value has the documented type or is refused by name."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from config.api.errors import ApiError, bad_request

#: Read after the name of the field.
REQUIRED = {"required": "is required", "null": "must not be null"}


class TextField(serializers.CharField):
    """A string, trimmed; a number is not one."""

    default_error_messages = {
        **REQUIRED,
        "invalid": "must be a string",
        "blank": "must not be empty",
        "max_length": "must have at most {max_length} characters",
    }

    def __init__(self, **options: Any) -> None:
        # An optional text may be emptied; a required one says nothing when it is empty.
        options.setdefault("allow_blank", options.get("required") is False)
        super().__init__(**options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        # CharField looks for blanks first and would take a number for its digits there.
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class HttpUrlField(TextField):
    """An absolute http or https URL with a host and without credentials."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2048, **options)

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
    """An object; unknown members are ignored."""

    default_error_messages = {**REQUIRED, "invalid": "must be an object"}

    def read(self, data: dict[str, Any]) -> dict[str, Any]:
        """The validated members that were given; 400 names the first bad field."""
        try:
            return dict(self.run_validation(data))
        except serializers.ValidationError as error:
            raise _first_refusal(error.detail) from None


def _first_refusal(detail: Any) -> ApiError:
    path: list[str] = []
    while not isinstance(detail, str):
        if isinstance(detail, dict):
            name = next(iter(detail))
            if name != "non_field_errors":
                path.append(str(name))
            detail = detail[name]
        else:
            # Of a list's items most have nothing to say; the first that has decides.
            number = next(number for number, item in enumerate(detail) if item)
            if not isinstance(detail[number], str):
                path.append(str(number))
            detail = detail[number]
    field = ".".join(path)
    return bad_request(f"{field} {detail}".strip(), field=field)


def _is_http_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    if any(character.isspace() or ord(character) < 32 for character in text):
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
