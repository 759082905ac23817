"""Which of an operation's images the dashboard may display, and from which origins."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from imaging.backends import configured_storage
from imaging.models import ImageOperation


def image_source(url: str) -> str:
    """Return the `src` of an `<img>`; "" for images hosted elsewhere, such as placeholders.

    Our own files use the path alone: the page may be open under another host name of ours.
    """
    if url.startswith(f"{settings.PUBLIC_URL}{settings.MEDIA_URL}"):
        return urlsplit(url).path
    return url if url.startswith(_storage_address()) else ""


def stored_names(operation: ImageOperation) -> list[str]:
    """Return the names in the storage of the operation's images; none for placeholders."""
    address = _storage_address()
    return [url.removeprefix(address) for url in operation.image_urls if url.startswith(address)]


def image_origins() -> list[str]:
    """Return the `img-src` sources of a page that displays images."""
    parts = urlsplit(_storage_address())
    return ["'self'", f"{parts.scheme}://{parts.netloc}"]


def _storage_address() -> str:
    """Return the common prefix of all stored images' public URLs."""
    return configured_storage().url("x").removesuffix("x")
