"""Diagnoses of the image provider and of where images are stored."""

from __future__ import annotations

import uuid

import urllib3
from botocore.exceptions import BotoCoreError
from django.conf import settings
from urllib3.exceptions import HTTPError

from config import egress
from config.doctor import Problem, check_folder, diagnosis, one_line
from config.egress import EgressError
from config.egress.deadline import Deadline
from imaging.backends import configured_storage
from imaging.storage.base import StorageError

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
    """Write an image to the bucket, read it as everyone can, and delete it."""
    if settings.IMAGE_STORAGE == "local":
        return check_folder(settings.MEDIA_ROOT)
    storage = configured_storage()
    name = f"partners/{'0' * 24}/generated/{uuid.uuid4()}.png"
    try:
        url = storage.save(name, b"\x89PNG doctor")
    except (StorageError, BotoCoreError) as error:
        raise Problem(
            f"No image can be stored: {one_line(error)}. Check S3_BUCKET, S3_REGION,"
            " S3_ENDPOINT_URL, S3_ACL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) from error
    try:
        _read_as_everyone(url)
    finally:
        storage.delete([name])
    return url.rpartition("/partners/")[0]


def _read_as_everyone(url: str) -> None:
    try:
        status = urllib3.request("GET", url, timeout=_SECONDS, retries=False).status
    except HTTPError as error:
        raise Problem(f"{url} cannot be read: {one_line(error)}") from error
    if status != 200:
        raise Problem(
            f"{url} returned {status}: partners could not show their images. Let everyone read the"
            " bucket, and see S3_PUBLIC_BASE_URL."
        )


def _ask_for_model(url: str, headers: dict[str, str], model: str) -> str:
    try:
        response = egress.send_request(
            "GET",
            url,
            deadline=Deadline.after(_SECONDS),
            headers=headers,
            max_response_bytes=100_000,
        )
    except EgressError as error:
        raise Problem(f"{url} cannot be asked: {error.explain()}") from error
    if response.status == 200:
        return f"{settings.IMAGE_PROVIDER} offers {model}"
    meaning = {401: "refuses the key", 403: "refuses the key", 404: f"does not offer {model}"}
    said = meaning.get(response.status, f"returned {response.status}")
    raise Problem(f"{settings.IMAGE_PROVIDER} {said}.")
