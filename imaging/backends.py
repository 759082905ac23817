"""The image provider and storage of the settings, each created once per process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from imaging.providers.base import ImageProvider, TextModel
from imaging.providers.gemini import GeminiProvider
from imaging.providers.local import LocalProvider
from imaging.providers.openai import OpenAIProvider
from imaging.storage.base import ImageStorage
from imaging.storage.local import LocalStorage


def configured_provider() -> ImageProvider:
    """Return the provider of `IMAGE_PROVIDER`: "local", "gemini" or "openai"."""
    match settings.IMAGE_PROVIDER:
        case "gemini":
            return _gemini(settings.GEMINI_BASE_URL, settings.GEMINI_API_KEY)
        case "openai":
            return _openai(settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY)
        case _:
            return _local()


def configured_text_model() -> TextModel | None:
    """Return the provider's text model; None for "local", which has none."""
    match settings.IMAGE_PROVIDER:
        case "gemini":
            return _gemini(settings.GEMINI_BASE_URL, settings.GEMINI_API_KEY)
        case "openai":
            return _openai(settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY)
        case _:
            return None


def configured_storage() -> ImageStorage:
    """Return the storage of `IMAGE_STORAGE`: "local" or "s3"."""
    if settings.IMAGE_STORAGE == "s3":
        return _s3(settings.S3_BUCKET, settings.S3_ENDPOINT_URL, settings.S3_ACL)
    return LocalStorage(Path(settings.MEDIA_ROOT), f"{settings.PUBLIC_URL}{settings.MEDIA_URL}")


@lru_cache(maxsize=1)
def _local() -> ImageProvider:
    return LocalProvider()


@lru_cache(maxsize=4)
def _gemini(base_url: str, api_key: str) -> GeminiProvider:
    return GeminiProvider(
        base_url=base_url,
        api_key=api_key,
        image_model=settings.GEMINI_IMAGE_MODEL,
        text_model=settings.GEMINI_TEXT_MODEL,
    )


@lru_cache(maxsize=4)
def _openai(base_url: str, api_key: str) -> OpenAIProvider:
    return OpenAIProvider(
        base_url=base_url,
        api_key=api_key,
        image_model=settings.OPENAI_IMAGE_MODEL,
        text_model=settings.OPENAI_TEXT_MODEL,
    )


@lru_cache(maxsize=4)
def _s3(bucket: str, endpoint_url: str | None, acl: str) -> ImageStorage:
    # boto3 takes a tenth of a process's start-up time.
    from imaging.storage.s3 import S3Storage  # noqa: PLC0415 - only with this storage

    return S3Storage(
        bucket,
        settings.S3_REGION,
        acl=acl,
        endpoint_url=endpoint_url,
        public_base_url=settings.S3_PUBLIC_BASE_URL,
    )
