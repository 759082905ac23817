"""Validation of Image API requests, with the documented error messages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from billing.models import OperationPrice
from config.api.errors import bad_request
from config.egress import EgressError, check_url
from imaging.sizes import (
    ASPECT_RATIOS,
    DEFAULT_ASPECT_RATIO,
    DEFAULT_RESOLUTION,
    RESOLUTIONS,
)

MAX_IMAGES = 4


class ChoiceField(serializers.Field[str, Any, str, Any]):
    """One of a few strings; null or a missing member means the default."""

    def __init__(self, label: str, choices: tuple[str, ...], default: str) -> None:
        super().__init__(default=default)
        self.choices = choices
        self.refusal = f"Invalid {label}. Supported: {', '.join(choices)}"

    def run_validation(self, data: Any = serializers.empty) -> str:
        if data is serializers.empty or data is None:
            return str(self.default)
        if not isinstance(data, str) or data not in self.choices:
            raise serializers.ValidationError(self.refusal)
        return data


class TextField(serializers.Field[str, Any, str, Any]):
    """A trimmed text; the length limit counts code points after trimming."""

    def __init__(self, *, min_length: int, max_length: int, missing: str, too_long: str) -> None:
        super().__init__(default="")
        self.min_length, self.max_length = min_length, max_length
        self.missing, self.too_long = missing, too_long

    def run_validation(self, data: Any = serializers.empty) -> str:
        text = "" if data is serializers.empty or data is None else data
        if not isinstance(text, str) or len(text := text.strip()) < self.min_length:
            raise serializers.ValidationError(self.missing)
        if len(text) > self.max_length:
            raise serializers.ValidationError(self.too_long)
        return text


class ImageUrlsField(serializers.Field[list[str], Any, list[str], Any]):
    """One to four well-formed URLs; their targets are checked when they are fetched."""

    def run_validation(self, data: Any = serializers.empty) -> list[str]:
        if not isinstance(data, list) or not data:
            raise serializers.ValidationError(
                "At least one image URL is required in the 'images' array"
            )
        if len(data) > MAX_IMAGES:
            raise serializers.ValidationError(f"Maximum {MAX_IMAGES} images per request")
        if not all(isinstance(url, str) and _is_http_url(url) for url in data):
            raise serializers.ValidationError("All images must be valid HTTP/HTTPS URLs")
        return data


class DocumentedSerializer(serializers.Serializer[Any]):
    """Checks its fields in order and stops at the first invalid one, as documented.

    One instance serves every request: `read` keeps no state, and building the fields again
    would cost more than the rest of the view.
    """

    def read(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the validated members; raise the documented 400 for the first invalid one."""
        values = {}
        for name, field in self.fields.items():
            try:
                values[name] = field.run_validation(data.get(name, serializers.empty))
            except serializers.ValidationError as error:
                messages: Any = error.detail
                raise bad_request(str(messages[0]), field=name) from None
        return values


def _aspect_ratio() -> ChoiceField:
    return ChoiceField("aspect ratio", ASPECT_RATIOS, DEFAULT_ASPECT_RATIO)


def _mode() -> ChoiceField:
    return ChoiceField("mode", tuple(OperationPrice.Mode.values), OperationPrice.Mode.FAST.value)


def _resolution() -> ChoiceField:
    return ChoiceField("resolution", tuple(RESOLUTIONS), DEFAULT_RESOLUTION)


class CreateSerializer(DocumentedSerializer):
    prompt = TextField(
        min_length=3,
        max_length=4000,
        missing="Prompt is required and must be at least 3 characters",
        too_long="Prompt must be less than 4000 characters",
    )
    aspectRatio = _aspect_ratio()
    mode = _mode()
    resolution = _resolution()


class EnhanceSerializer(DocumentedSerializer):
    images = ImageUrlsField()
    userRequest = TextField(
        min_length=0,
        max_length=2000,
        missing="userRequest must be a string",
        too_long="User request must be less than 2000 characters",
    )
    aspectRatio = _aspect_ratio()
    mode = _mode()
    resolution = _resolution()


def _is_http_url(url: str) -> bool:
    try:
        check_url(url, allow_loopback=settings.ALLOW_LOOPBACK_URLS)
    except EgressError:
        return False
    return True
