"""Diagnoses of the image provider and of where images are stored."""

from __future__ import annotations

import uuid

import urllib3
from django.conf import settings

from config import egress
from config.doctor import Problem, diagnosis
from config.egress.deadline import Deadline
from imaging.backends import configured_storage

_SECONDS = 10


@diagnosis("image provider")
def check_provider() -> str:
    """Ask for the description of the image model, which costs nothing."""
    match settings.IMAGE_PROVIDER:
        case "gemini":
            model = settings.GEMINI_IMAGE_MODEL
            base = settings.GEMINI_BASE_URL.rstrip("/")
            headers = {"x-goog-api-key": settings.GEMINI_API_KEY}
            return _ask_for_model(f"{base}/v1beta/models/{model}", headers, model)
        case "openai":
            model = settings.OPENAI_IMAGE_MODEL
            base = settings.OPENAI_BASE_URL.rstrip("/")
            headers = {"Authorization": f"Bearer {settings.OPENAI_API_KEY}"}
            return _ask_for_model(f"{base}/v1/models/{model}", headers, model)
    return "local, which runs no model"


@diagnosis("image storage")
def check_storage() -> str:
    """Write an image, read it as everyone can, and delete it."""
    storage = configured_storage()
    name = f"partners/{'0' * 24}/generated/{uuid.uuid4()}.png"
    url = storage.save(name, b"\x89PNG doctor")
    try:
        if settings.IMAGE_STORAGE == "s3":
            status = urllib3.request("GET", url, timeout=_SECONDS, retries=False).status
            if status != 200:
                raise Problem(f"{url} returned {status}: partners could not show their images.")
    finally:
        storage.delete([name])
    return url.rpartition("/partners/")[0]


def _ask_for_model(url: str, headers: dict[str, str], model: str) -> str:
    response = egress.send_request(
        "GET",
        url,
        deadline=Deadline.after(_SECONDS),
        headers=headers,
        max_response_bytes=100_000,
    )
    if response.status == 200:
        return f"{settings.IMAGE_PROVIDER} offers {model}"
    meaning = {401: "refuses the key", 403: "refuses the key", 404: f"does not offer {model}"}
    said = meaning.get(response.status, f"returned {response.status}")
    raise Problem(f"{settings.IMAGE_PROVIDER} {said}.")
