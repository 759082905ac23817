"""Validation of Image API requests, with the documented error messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop
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
class FieldError:
    """The documented message of an invalid value, and its code."""

    message: str
    code: ErrorCode


class InvalidField(Exception):
    def __init__(self, error: FieldError) -> None:
        super().__init__(error.message)
        self.error = error


class ChoiceField(serializers.Field[str, Any, str, Any]):
    """One of a few strings; null or a missing member means the default."""

    def __init__(
        self,
        label: str,
        choices: tuple[str, ...],
        default: str,
        *,
        invalid: ErrorCode,
        help_text: str,
    ) -> None:
        # A `default` of the schema would make generated clients demand the member.
        super().__init__(default=default, help_text=f"{help_text} Default: `{default}`.")
        self.choices = choices
        self.json_schema = {
            "type": ["string", "null"],
            "enum": [*choices, None],
        }
        self.error = FieldError(f"Invalid {label}. Supported: {', '.join(choices)}", invalid)

    def run_validation(self, data: Any = serializers.empty) -> str:
        if data is serializers.empty or data is None:
            return str(self.default)
        if not isinstance(data, str) or data not in self.choices:
            raise InvalidField(self.error)
        return data


class TextField(serializers.Field[str, Any, str, Any]):
    """A trimmed text; the length limit counts code points after trimming."""

    def __init__(
        self,
        *,
        min_length: int,
        max_length: int,
        missing: FieldError,
        too_long: FieldError,
        help_text: str = "",
    ) -> None:
        super().__init__(default="", help_text=help_text)
        self.min_length, self.max_length = min_length, max_length
        self.missing, self.too_long = missing, too_long
        self.must_be_sent = min_length > 0
        self.json_schema = {
            "type": "string" if self.must_be_sent else ["string", "null"],
            "minLength": min_length,
            "maxLength": max_length,
        }

    def run_validation(self, data: Any = serializers.empty) -> str:
        text = "" if data is serializers.empty or data is None else data
        if not isinstance(text, str) or len(text := text.strip()) < self.min_length:
            raise InvalidField(self.missing)
        if len(text) > self.max_length:
            raise InvalidField(self.too_long)
        return text


class SeedField(serializers.Field[int | None, Any, int | None, Any]):
    """A number that repeats a picture; null or a missing member leaves it to us."""

    json_schema = {"type": ["integer", "null"], "minimum": 0, "maximum": 2**32 - 1}

    def __init__(self, **options: Any) -> None:
        super().__init__(default=None, **options)

    def run_validation(self, data: Any = serializers.empty) -> int | None:
        if data is serializers.empty or data is None:
            return None
        is_number = isinstance(data, int | float) and not isinstance(data, bool)
        if not is_number or data != int(data) or not 0 <= data < 2**32:
            raise InvalidField(
                FieldError("seed must be an integer from 0 to 4294967295", INVALID_FIELD)
            )
        return int(data)


class ImageUrlsField(serializers.Field[list[str], Any, list[str], Any]):
    """One to four well-formed URLs; their targets are checked when they are fetched."""

    must_be_sent = True
    json_schema = {
        "type": "array",
        "items": {"type": "string", "format": "uri"},
        "minItems": 1,
        "maxItems": MAX_IMAGES,
    }

    def run_validation(self, data: Any = serializers.empty) -> list[str]:
        if not isinstance(data, list) or not data:
            message = "At least one image URL is required in the 'images' array"
            raise InvalidField(FieldError(message, IMAGES_REQUIRED))
        if len(data) > MAX_IMAGES:
            message = f"Maximum {MAX_IMAGES} images per request"
            raise InvalidField(FieldError(message, TOO_MANY_IMAGES))
        if not all(isinstance(url, str) and _is_http_url(url) for url in data):
            message = "All images must be valid HTTP/HTTPS URLs"
            raise InvalidField(FieldError(message, INVALID_IMAGE_URL))
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
            except InvalidField as invalid:
                error = invalid.error
                raise bad_request(error.message, code=error.code, field=name) from None
        return values


def aspect_ratio_field() -> ChoiceField:
    return ChoiceField(
        "aspect ratio",
        ASPECT_RATIOS,
        DEFAULT_ASPECT_RATIO,
        invalid=INVALID_ASPECT_RATIO,
        help_text=gettext_noop("The shape of the image."),
    )


def mode_field() -> ChoiceField:
    modes, default = tuple(OperationPrice.Mode.values), OperationPrice.Mode.FAST.value
    return ChoiceField(
        "mode",
        modes,
        default,
        invalid=INVALID_MODE,
        help_text=gettext_noop(
            "`fast` sends your text as it is, `thinking` lets AI write a detailed prompt."
        ),
    )


def resolution_field() -> ChoiceField:
    return ChoiceField(
        "resolution",
        tuple(RESOLUTIONS),
        DEFAULT_RESOLUTION,
        invalid=INVALID_RESOLUTION,
        help_text=gettext_noop("The longest edge: 1024, 2048 or 4096 pixels."),
    )


class CreateSerializer(DocumentedSerializer):
    prompt = TextField(
        min_length=3,
        max_length=4000,
        missing=FieldError(
            "Prompt is required and must be at least 3 characters", PROMPT_TOO_SHORT
        ),
        too_long=FieldError("Prompt must be less than 4000 characters", PROMPT_TOO_LONG),
        help_text=gettext_noop("What the image shows."),
    )
    aspectRatio = aspect_ratio_field()
    mode = mode_field()
    resolution = resolution_field()
    seed = SeedField(
        help_text=gettext_noop("The same prompt, mode, size and seed repeat a picture.")
    )


class EnhanceSerializer(DocumentedSerializer):
    images = ImageUrlsField(help_text=gettext_noop("The URLs of one to four images."))
    userRequest = TextField(
        min_length=0,
        max_length=2000,
        missing=FieldError("userRequest must be a string", INVALID_FIELD),
        too_long=FieldError(
            "User request must be less than 2000 characters", USER_REQUEST_TOO_LONG
        ),
        help_text=gettext_noop("What to enhance; by default the general quality."),
    )
    aspectRatio = aspect_ratio_field()
    mode = mode_field()
    resolution = resolution_field()


def _is_http_url(url: str) -> bool:
    try:
        check_url(url, allow_loopback=settings.ALLOW_LOOPBACK_URLS)
    except EgressError:
        return False
    return True
