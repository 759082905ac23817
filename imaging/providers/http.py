"""What the two remote providers share: one POST, and careful reading of what comes back.

No error raised here carries the provider's own words: they may repeat the prompt.
"""

import base64
import json
from collections.abc import Mapping

from config import egress
from config.egress import EgressError, Response
from config.egress.deadline import Deadline, DeadlineExceeded
from imaging.postprocess import Upload, shrink_upload
from imaging.providers.base import GenerationFailed, GenerationInput, ProviderBusy

#: A PNG of 4096 by 4096 in base64 is 25 to 40 MB; what is larger is no honest answer.
MAX_ANSWER_BYTES = 64 * 1024 * 1024

#: Overload and gateway timeouts: the same call may work in a minute.
BUSY_STATUSES = frozenset({408, 429, 502, 503, 504, 529})

MAX_IMAGES = 8
MAX_PROMPT_CHARACTERS = 8000


def post(
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    deadline: Deadline,
    step_seconds: float | None = None,
) -> Response:
    """Sends `body` once and returns the provider's answer, whatever its status.

    With `step_seconds` this step alone ends sooner than the deadline, and that is `ProviderBusy`.
    Raises `ProviderBusy`, `GenerationFailed` (answer over 64 MB) or `DeadlineExceeded`.
    """
    step = deadline if step_seconds is None else deadline.capped_at(step_seconds)
    try:
        answer = egress.send_request(
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
    if answer.truncated:
        raise GenerationFailed("the provider's answer is too large")
    return answer


def read_json(answer: Response) -> object:
    """The document in a successful answer; else raises `ProviderBusy` or `GenerationFailed`."""
    if answer.status in BUSY_STATUSES:
        raise ProviderBusy(f"the provider answered {answer.status}")
    if answer.status != 200:
        raise GenerationFailed(f"the provider answered {answer.status}")
    document = parse_json(answer.body)
    if document is None:
        raise GenerationFailed("the provider's answer is no JSON")
    return document


def parse_json(body: bytes) -> object:
    """The JSON document in `body`, or None where there is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def dig(document: object, *names: str) -> object:
    """The member at a path of names; None as soon as one is missing."""
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def items(value: object) -> list[object]:
    """`value` if it is a list, otherwise an empty one."""
    return value if isinstance(value, list) else []


def uploads_of(spec: GenerationInput) -> list[Upload]:
    """The pictures to start from, small enough to be sent."""
    return [shrink_upload(path, deadline=spec.deadline) for path in spec.images]


def decode_image(encoded: object) -> bytes:
    """The picture in a base64 string; `GenerationFailed` unless it is a PNG, JPEG or WebP."""
    if not isinstance(encoded, str):
        raise GenerationFailed("the provider sent no image")
    try:
        data = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise GenerationFailed("the provider's image is no base64") from error
    if not _looks_like_image(data):
        raise GenerationFailed("the provider's image is no PNG, JPEG or WebP")
    return data


def _looks_like_image(data: bytes) -> bool:
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return is_webp or data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))


def tidy_prompt(text: str) -> str:
    """What a text model wrote, ready for the image model; nothing raises `GenerationFailed`."""
    prompt = text.strip()[:MAX_PROMPT_CHARACTERS]
    if not prompt:
        raise GenerationFailed("the text model wrote nothing")
    return prompt
