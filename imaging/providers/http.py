"""HTTP for the remote providers: one POST, and defensive parsing of the response.

Errors raised here never quote the provider: its message may repeat the prompt.
"""

import base64
import json
from collections.abc import Iterable, Mapping

from config import egress
from config.egress import EgressError, Response
from config.egress.deadline import Deadline, DeadlineExceeded
from imaging.providers.base import (
    GenerationFailed,
    GenerationInput,
    ProviderAccountError,
    ProviderBusy,
)
from imaging.providers.postprocess import Upload, shrink_upload

#: A PNG of 4096 by 4096 in base64 is 25 to 40 MB; nothing larger is plausible.
MAX_ANSWER_BYTES = 64 * 1024 * 1024

#: Overload and gateway timeouts: the same call may work in a minute.
BUSY_STATUSES = frozenset({408, 429, 502, 503, 504, 529})

#: A wrong key, an unpaid bill, a missing permission, an unknown model.
ACCOUNT_STATUSES = frozenset({401, 402, 403, 404})

MAX_IMAGES = 8
MAX_PROMPT_CHARACTERS = 8000
_STANDARD_ALPHABET = str.maketrans("-_", "+/")


def post(
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    deadline: Deadline,
    step_seconds: float | None = None,
) -> Response:
    """Send `body` once and return the provider's response, whatever its status.

    With `step_seconds`, this step times out before the deadline and raises `ProviderBusy`.
    Raises `ProviderBusy`, `GenerationFailed` (response over 64 MB) or `DeadlineExceeded`.
    """
    step = deadline if step_seconds is None else deadline.capped_at(step_seconds)
    try:
        response = egress.send_request(
            "POST",
            url,
            deadline=step,
            headers=headers,
            body=body,
            max_response_bytes=MAX_ANSWER_BYTES,
        )
    except EgressError as error:
        raise ProviderBusy("the provider could not be reached") from error
    except DeadlineExceeded as error:
        if step.at >= deadline.at:
            raise
        raise ProviderBusy("the provider took too long for this step") from error
    if response.truncated:
        raise GenerationFailed("the provider's response is too large")
    return response


def read_json(response: Response) -> object:
    """Parse a successful response.

    Otherwise raise `ProviderAccountError`, `ProviderBusy` or `GenerationFailed`.
    """
    if response.status in ACCOUNT_STATUSES:
        raise ProviderAccountError(f"the provider returned {response.status}")
    if response.status in BUSY_STATUSES:
        raise ProviderBusy(f"the provider returned {response.status}")
    if response.status != 200:
        raise GenerationFailed(f"the provider returned {response.status}")
    document = parse_json(response.body)
    if document is None:
        raise GenerationFailed("the provider's response is not JSON")
    return document


def parse_json(body: bytes) -> object:
    """Parse JSON; return None if it is invalid."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def dig(document: object, *names: str) -> object:
    """Return the member at a path of names, or None if one is missing."""
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def items(value: object) -> list[object]:
    """Return `value` if it is a list, otherwise an empty one."""
    return value if isinstance(value, list) else []


def uploads_of(spec: GenerationInput) -> list[Upload]:
    """Return the input images, small enough to send."""
    return [shrink_upload(path, deadline=spec.deadline) for path in spec.images]


def decode_images(encoded: Iterable[object]) -> list[bytes]:
    """Decode the base64 images (PNG, JPEG or WebP) among `encoded`; skip all else."""
    decoded = (_decode_image(each) for each in encoded if isinstance(each, str))
    return [image for image in decoded if image is not None][:MAX_IMAGES]


def _decode_image(encoded: str) -> bytes | None:
    """Accept the URL-safe alphabet and missing padding, too."""
    text = encoded.strip().rstrip("=").translate(_STANDARD_ALPHABET)
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return None
    return data if _looks_like_image(data) else None


def _looks_like_image(data: bytes) -> bool:
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return is_webp or data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))


def tidy_prompt(text: str) -> str:
    """Clean a text model's output for the image model; raise `GenerationFailed` if empty."""
    prompt = text.strip()[:MAX_PROMPT_CHARACTERS]
    if not prompt:
        raise GenerationFailed("the text model wrote nothing")
    return prompt
