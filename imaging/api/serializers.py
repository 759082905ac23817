"""Validation of Image API requests, with the documented error messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from rest_framework import serializers

from billing.models import OperationPrice
from config.api.error_codes import INVALID_FIELD, ErrorCode
from config.api.errors import bad_request
from config.egress import EgressError, check_url
from imaging.error_codes import (
    IMAGES_REQUIRED,
    INVALID_ASPECT_RATIO,
    INVALID_IMAGE_URL,
    INVALID_MODE,
    INVALID_RESOLUTION,
    PROMPT_TOO_LONG,
    PROMPT_TOO_SHORT,
    TOO_MANY_IMAGES,
    USER_REQUEST_TOO_LONG,
)
from imaging.sizes import (
    ASPECT_RATIOS,
    DEFAULT_ASPECT_RATIO,
    DEFAULT_RESOLUTION,
    RESOLUTIONS,
)

MAX_IMAGES = 4


@dataclass(frozen=True, slots=True)
class Refusal:
    """The documented message of an invalid value, and its code."""

    message: str
    code: ErrorCode


class Invalid(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class ChoiceField(serializers.Field[str, Any, str, Any]):
    """One of a few strings; null or a missing member means the default."""

    def __init__(
        self, label: str, choices: tuple[str, ...], default: str, *, invalid: ErrorCode
    ) -> None:
        super().__init__(default=default)
        self.choices = choices
        self.refusal = Refusal(f"Invalid {label}. Supported: {', '.join(choices)}", invalid)

    def run_validation(self, data: Any = serializers.empty) -> str:
        if data is serializers.empty or data is None:
            return str(self.default)
        if not isinstance(data, str) or data not in self.choices:
            raise Invalid(self.refusal)
        return data


class TextField(serializers.Field[str, Any, str, Any]):
    """A trimmed text; the length limit counts code points after trimming."""

    def __init__(
        self, *, min_length: int, max_length: int, missing: Refusal, too_long: Refusal
    ) -> None:
        super().__init__(default="")
        self.min_length, self.max_length = min_length, max_length
        self.missing, self.too_long = missing, too_long

    def run_validation(self, data: Any = serializers.empty) -> str:
        text = "" if data is serializers.empty or data is None else data
        if not isinstance(text, str) or len(text := text.strip()) < self.min_length:
            raise Invalid(self.missing)
        if len(text) > self.max_length:
            raise Invalid(self.too_long)
        return text


class SeedField(serializers.Field[int | None, Any, int | None, Any]):
    """A number that repeats a picture; null or a missing member leaves it to us."""

    def run_validation(self, data: Any = serializers.empty) -> int | None:
        if data is serializers.empty or data is None:
            return None
        is_number = isinstance(data, int | float) and not isinstance(data, bool)
        if not is_number or data != int(data) or not 0 <= data < 2**32:
            raise Invalid(Refusal("seed must be an integer from 0 to 4294967295", INVALID_FIELD))
        return int(data)


class ImageUrlsField(serializers.Field[list[str], Any, list[str], Any]):
    """One to four well-formed URLs; their targets are checked when they are fetched."""

    def run_validation(self, data: Any = serializers.empty) -> list[str]:
        if not isinstance(data, list) or not data:
            message = "At least one image URL is required in the 'images' array"
            raise Invalid(Refusal(message, IMAGES_REQUIRED))
        if len(data) > MAX_IMAGES:
            message = f"Maximum {MAX_IMAGES} images per request"
            raise Invalid(Refusal(message, TOO_MANY_IMAGES))
        if not all(isinstance(url, str) and _is_http_url(url) for url in data):
            message = "All images must be valid HTTP/HTTPS URLs"
            raise Invalid(Refusal(message, INVALID_IMAGE_URL))
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
            except Invalid as error:
                refusal = error.refusal
                raise bad_request(refusal.message, code=refusal.code, field=name) from None
        return values


def _aspect_ratio() -> ChoiceField:
    return ChoiceField(
        "aspect ratio", ASPECT_RATIOS, DEFAULT_ASPECT_RATIO, invalid=INVALID_ASPECT_RATIO
    )


def _mode() -> ChoiceField:
    modes, default = tuple(OperationPrice.Mode.values), OperationPrice.Mode.FAST.value
    return ChoiceField("mode", modes, default, invalid=INVALID_MODE)


def _resolution() -> ChoiceField:
    return ChoiceField(
        "resolution", tuple(RESOLUTIONS), DEFAULT_RESOLUTION, invalid=INVALID_RESOLUTION
    )


class CreateSerializer(DocumentedSerializer):
    prompt = TextField(
        min_length=3,
        max_length=4000,
        missing=Refusal("Prompt is required and must be at least 3 characters", PROMPT_TOO_SHORT),
        too_long=Refusal("Prompt must be less than 4000 characters", PROMPT_TOO_LONG),
    )
    aspectRatio = _aspect_ratio()
    mode = _mode()
    resolution = _resolution()
    seed = SeedField()


class EnhanceSerializer(DocumentedSerializer):
    images = ImageUrlsField()
    userRequest = TextField(
        min_length=0,
        max_length=2000,
        missing=Refusal("userRequest must be a string", INVALID_FIELD),
        too_long=Refusal("User request must be less than 2000 characters", USER_REQUEST_TOO_LONG),
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
