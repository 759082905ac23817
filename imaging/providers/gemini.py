"""Google's Gemini API, `models.generateContent` over plain HTTP.

Source: https://ai.google.dev/api/generate-content and
https://ai.google.dev/gemini-api/docs/image-generation
"""

import json
from urllib.parse import quote

from config.egress import Response
from config.egress.deadline import Deadline
from imaging.providers import http
from imaging.providers.base import (
    GenerationFailed,
    GenerationInput,
    ProviderAccountError,
    SafetyBlocked,
)
from imaging.providers.writing import INSTRUCTIONS, WRITING_SECONDS, request_text
from imaging.sizes import ASPECT_RATIOS, RESOLUTIONS, Size

#: `promptFeedback.blockReason` and `candidates[].finishReason` that mean a refusal.
REFUSALS = {
    "SAFETY": "unsafe content",
    "IMAGE_SAFETY": "unsafe image content",
    "PROHIBITED_CONTENT": "prohibited content",
    "IMAGE_PROHIBITED_CONTENT": "prohibited image content",
    "BLOCKLIST": "a forbidden term",
    "SPII": "sensitive personal information",
    "RECITATION": "protected material",
    "IMAGE_RECITATION": "protected material",
}
OTHER_REFUSAL = "content policy"


class GeminiProvider:
    """Generates images with `image_model` and writes prompts with `text_model`.

    `base_url` has no path: "https://generativelanguage.googleapis.com".
    """

    def __init__(self, *, base_url: str, api_key: str, image_model: str, text_model: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"x-goog-api-key": api_key, "Content-Type": "application/json"}
        self._image_model = image_model
        self._text_model = text_model

    def make_images(self, spec: GenerationInput) -> list[bytes]:
        request = {
            "contents": [{"role": "user", "parts": _parts(spec, spec.text)}],
            "generationConfig": {
                "responseModalities": ["IMAGE"],
                "imageConfig": self._image_config(spec.size),
            },
        }
        return _images(self._generate(self._image_model, request, spec.deadline))

    def write_prompt(self, spec: GenerationInput) -> str:
        parts = _parts(spec, request_text(spec))
        return self._write(INSTRUCTIONS[spec.action], parts, spec.deadline)

    def write_text(self, instructions: str, request: str, deadline: Deadline) -> str:
        return self._write(instructions, [{"text": request}], deadline)

    def _write(self, instructions: str, parts: list[object], deadline: Deadline) -> str:
        request = {
            "systemInstruction": {"parts": [{"text": instructions}]},
            "contents": [{"role": "user", "parts": parts}],
        }
        return _text(self._generate(self._text_model, request, deadline, WRITING_SECONDS))

    def _generate(
        self, model: str, request: object, deadline: Deadline, step_seconds: float | None = None
    ) -> object:
        response = http.post(
            f"{self._base_url}/v1beta/models/{quote(model, safe='')}:generateContent",
            headers=self._headers,
            body=json.dumps(request).encode(),
            deadline=deadline,
            step_seconds=step_seconds,
        )
        _raise_account_error(response)
        return http.read_json(response)

    def _image_config(self, size: Size) -> dict[str, str]:
        config = {"aspectRatio": nearest_ratio(size)}
        # The 2.x image models draw 1K only and refuse the field.
        if not self._image_model.startswith("gemini-2."):
            config["imageSize"] = image_size(size)
        return config


def nearest_ratio(size: Size) -> str:
    """Return Gemini's closest "aspectRatio"; it supports all seven documented ones."""

    def distance(ratio: str) -> float:
        across, down = map(int, ratio.split(":"))
        return abs(size.width * down - size.height * across) / (size.height * down)

    return min(ASPECT_RATIOS, key=distance)


def image_size(size: Size) -> str:
    """Return Gemini's smallest "imageSize" (1K, 2K, 4K) that covers the longest edge."""
    longest = max(size.width, size.height)
    covering = [name for name, edge in RESOLUTIONS.items() if edge >= longest]
    return (covering or ["4k"])[0].upper()


def _parts(spec: GenerationInput, text: str) -> list[object]:
    images = [
        {"inlineData": {"mimeType": upload.media_type, "data": upload.base64()}}
        for upload in http.uploads_of(spec)
    ]
    return [*images, {"text": text}]


def _raise_account_error(response: Response) -> None:
    """Raise `ProviderAccountError` for a wrong key, missing billing or a quota without end.

    A quota per minute is load; one per day, or of zero, is not over in a minute.
    """
    if response.status == 200:
        return
    error = http.dig(http.parse_json(response.body), "error")
    details = http.items(http.dig(error, "details"))
    reasons = {http.dig(detail, "reason") for detail in details}
    violations = [each for detail in details for each in http.items(http.dig(detail, "violations"))]
    if (
        http.dig(error, "status") == "FAILED_PRECONDITION"
        or "API_KEY_INVALID" in reasons
        or any(_is_lasting(violation) for violation in violations)
    ):
        raise ProviderAccountError(f"the provider returned {response.status} for our account")


def _is_lasting(violation: object) -> bool:
    is_daily = "PerDay" in str(http.dig(violation, "quotaId"))
    return is_daily or http.dig(violation, "quotaValue") == "0"


def _images(document: object) -> list[bytes]:
    parts = _response_parts(document)
    # Its JSON has camel case; some proxies in front of it keep the names of the protocol buffer.
    named = [http.dig(part, name) for part in parts for name in ("inlineData", "inline_data")]
    images = http.decode_images(http.dig(data, "data") for data in named)
    if not images:
        raise _refusal(document)
    return images


def _text(document: object) -> str:
    texts = [http.dig(part, "text") for part in _response_parts(document)]
    written = "".join(text for text in texts if isinstance(text, str))
    if not written.strip():
        raise _refusal(document)
    return http.tidy_prompt(written)


def _response_parts(document: object) -> list[object]:
    """Return the parts of all candidates except drafts, which are marked `thought`."""
    return [
        part
        for candidate in http.items(http.dig(document, "candidates"))
        for part in http.items(http.dig(candidate, "content", "parts"))
        if http.dig(part, "thought") is not True
    ]


def _refusal(document: object) -> SafetyBlocked | GenerationFailed:
    """Return the error for a response with status 200 but no content."""
    block = http.dig(document, "promptFeedback", "blockReason")
    if isinstance(block, str):
        return SafetyBlocked(REFUSALS.get(block, OTHER_REFUSAL))
    for candidate in http.items(http.dig(document, "candidates")):
        finish = http.dig(candidate, "finishReason")
        if isinstance(finish, str) and finish in REFUSALS:
            return SafetyBlocked(REFUSALS[finish])
    return GenerationFailed("the provider sent nothing usable")
