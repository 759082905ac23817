"""OpenAI's Images and Responses APIs over plain HTTP.

Source: https://platform.openai.com/docs/api-reference/images and …/api-reference/responses
"""

import json
import math

from urllib3.filepost import encode_multipart_formdata

from config.egress import Response
from config.egress.deadline import Deadline
from imaging.providers import http
from imaging.providers.base import (
    GenerationFailed,
    GenerationInput,
    ProviderAccountError,
    ProviderBusy,
    SafetyBlocked,
)
from imaging.providers.writing import INSTRUCTIONS, WRITING_SECONDS, request_text
from imaging.sizes import Size

#: `error.code`, `error.type` and `incomplete_details.reason` that mean a refusal.
REFUSALS = {
    "image_generation_user_error": "content policy",
    "moderation_blocked": "content policy",
    "content_policy_violation": "content policy",
    "content_filter": "content policy",
    "image_content_policy_violation": "content policy of an input image",
}
#: `error.code` and `error.type` of faults of our own account, whatever the status.
ACCOUNT_CODES = frozenset(
    {
        "account_deactivated",
        "billing_hard_limit_reached",
        "billing_not_active",
        "insufficient_quota",
        "invalid_api_key",
        "invalid_organization",
        "model_not_found",
        "unsupported_country_region_territory",
    }
)
#: `error.code` of a response that failed for load.
BUSY_CODES = frozenset({"rate_limit_exceeded", "server_is_overloaded", "slow_down"})

#: The sizes of the gpt-image-1 family.
FIXED_SIZES = (Size(1024, 1024), Size(1536, 1024), Size(1024, 1536))
#: Later models support edges in steps of 16 up to 3840, within these pixel counts.
EDGE_STEP = 16
MAX_EDGE = 3840
MIN_PIXELS = 655_360
MAX_PIXELS = 8_294_400


class OpenAIProvider:
    """Generates images with `image_model` and writes prompts with `text_model`.

    `base_url` has no path: "https://api.openai.com".
    """

    def __init__(self, *, base_url: str, api_key: str, image_model: str, text_model: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._authorization = f"Bearer {api_key}"
        self._image_model = image_model
        self._text_model = text_model

    def make_images(self, spec: GenerationInput) -> list[bytes]:
        return _images(self._edit(spec) if spec.images else self._draw(spec))

    def write_prompt(self, spec: GenerationInput) -> str:
        return self._write(
            INSTRUCTIONS[spec.action],
            _content(spec),
            spec.deadline,
        )

    def write_text(self, instructions: str, request: str, deadline: Deadline) -> str:
        content: list[object] = [{"type": "input_text", "text": request}]
        return self._write(instructions, content, deadline)

    def _write(self, instructions: str, content: list[object], deadline: Deadline) -> str:
        request = {
            "model": self._text_model,
            "instructions": instructions,
            "input": [{"role": "user", "content": content}],
            # By default the provider keeps the partner's texts and images for 30 days.
            "store": False,
        }
        body = json.dumps(request).encode()
        return _text(self._post("responses", body, deadline, step_seconds=WRITING_SECONDS))

    def _draw(self, spec: GenerationInput) -> object:
        body = json.dumps(self._image_fields(spec) | {"n": 1}).encode()
        return self._post("images/generations", body, spec.deadline)

    def _edit(self, spec: GenerationInput) -> object:
        fields: list[tuple[str, str | tuple[str, bytes, str]]] = [*self._image_fields(spec).items()]
        for number, upload in enumerate(http.uploads_of(spec), start=1):
            name = f"{number}.{upload.media_type.removeprefix('image/')}"
            fields.append(("image[]", (name, upload.data, upload.media_type)))
        body, content_type = encode_multipart_formdata(fields)
        return self._post("images/edits", body, spec.deadline, content_type=content_type)

    def _image_fields(self, spec: GenerationInput) -> dict[str, str]:
        return {
            "model": self._image_model,
            "prompt": spec.text,
            "size": str(drawable_size(spec.size, self._image_model)),
            "output_format": "png",
        }

    def _post(
        self,
        path: str,
        body: bytes,
        deadline: Deadline,
        *,
        content_type: str = "application/json",
        step_seconds: float | None = None,
    ) -> object:
        response = http.post(
            f"{self._base_url}/v1/{path}",
            headers={"Authorization": self._authorization, "Content-Type": content_type},
            body=body,
            deadline=deadline,
            step_seconds=step_seconds,
        )
        _raise_error(response)
        return http.read_json(response)


def drawable_size(size: Size, model: str) -> Size:
    """Return the nearest size that the model supports; `postprocess` does the rest."""
    if model.startswith("gpt-image-1"):
        return min(FIXED_SIZES, key=lambda fixed: abs(_log_ratio(fixed) - _log_ratio(size)))
    pixels = size.width * size.height
    shrink = min(1, MAX_EDGE / max(size.width, size.height), math.sqrt(MAX_PIXELS / pixels))
    grow = max(1, math.sqrt(MIN_PIXELS / pixels))
    # Rounded towards the inside of the limits: down after shrinking, otherwise up.
    rounded = math.floor if shrink < 1 else math.ceil
    scale = shrink * grow / EDGE_STEP
    return Size(
        EDGE_STEP * rounded(size.width * scale),
        EDGE_STEP * rounded(size.height * scale),
    )


def _log_ratio(size: Size) -> float:
    return math.log(size.width / size.height)


def _content(spec: GenerationInput) -> list[object]:
    images = [
        {
            "type": "input_image",
            "image_url": f"data:{upload.media_type};base64,{upload.base64()}",
        }
        for upload in http.uploads_of(spec)
    ]
    return [{"type": "input_text", "text": request_text(spec)}, *images]


def _raise_error(response: Response) -> None:
    """Raise the error that `error.code` or, without one, `error.type` names."""
    if response.status == 200:
        return
    error = http.dig(http.parse_json(response.body), "error")
    reason = http.dig(error, "code") or http.dig(error, "type")
    if not isinstance(reason, str):
        return
    if reason in REFUSALS and response.status in (400, 403):
        raise SafetyBlocked(REFUSALS[reason])
    if reason in ACCOUNT_CODES:
        raise ProviderAccountError(f"the provider returned {reason}")


def _images(document: object) -> list[bytes]:
    data = http.items(http.dig(document, "data"))
    images = http.decode_images(http.dig(item, "b64_json") for item in data)
    if not images:
        raise GenerationFailed("the provider sent no image")
    return images


def _text(document: object) -> str:
    contents = [
        content
        for item in http.items(http.dig(document, "output"))
        for content in http.items(http.dig(item, "content"))
    ]
    texts = [http.dig(content, "text") for content in contents]
    written = "".join(text for text in texts if isinstance(text, str))
    if not written.strip():
        raise _emptiness(document, contents)
    return http.tidy_prompt(written)


def _emptiness(
    document: object, contents: list[object]
) -> SafetyBlocked | ProviderBusy | GenerationFailed:
    """Return the error for a response with status 200 but no text."""
    if any(http.dig(content, "type") == "refusal" for content in contents):
        return SafetyBlocked(REFUSALS["content_filter"])
    code = http.dig(document, "error", "code")
    reason = code or http.dig(document, "incomplete_details", "reason")
    if code in BUSY_CODES:
        return ProviderBusy("the provider is overloaded")
    if isinstance(reason, str) and reason in REFUSALS:
        return SafetyBlocked(REFUSALS[reason])
    return GenerationFailed("the provider sent nothing usable")
