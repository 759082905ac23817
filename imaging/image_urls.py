"""Which of an operation's images a page of ours may show, and from where."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from imaging.backends import configured_storage


def picture_source(url: str) -> str:
    """What an `<img>` loads; "" for what lies elsewhere, as the placeholders of test mode do.

    Our own files go by path alone: the page may be open under another name of this very server.
    """
    if url.startswith(f"{settings.PUBLIC_URL}{settings.MEDIA_URL}"):
        return urlsplit(url).path
    return url if url.startswith(_storage_address()) else ""


def picture_origins() -> list[str]:
    """The `img-src` of a page with pictures."""
    parts = urlsplit(_storage_address())
    return ["'self'", f"{parts.scheme}://{parts.netloc}"]


def _storage_address() -> str:
    """What the public URLs of all stored images begin with."""
    return configured_storage().url("x").removesuffix("x")
