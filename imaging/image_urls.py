"""Which of an operation's images the dashboard may display, and from which origins."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.urls import reverse

from imaging.backends import configured_storage
from imaging.models import ImageOperation
from imaging.requests import thumbnail_name


def image_source(url: str) -> str:
    """Return the `src` of an `<img>`; "" for images hosted elsewhere.

    Our own files use the path alone: the page may be open under another host name of ours.
    Placeholders of test requests are drawn here.
    """
    if url.startswith(f"{settings.TEST_IMAGE_HOST}/"):
        return _drawn_placeholder(url)
    if url.startswith(f"{settings.PUBLIC_URL}{settings.MEDIA_URL}"):
        return urlsplit(url).path
    return url if url.startswith(_storage_address()) else ""


def thumbnail_source(operation: ImageOperation) -> str:
    """Return the `src` of the small copy of the first image, for lists.

    Operations from before there were such copies have the image itself; "" as in `image_source`.
    """
    first = image_source(operation.image_urls[0]) if operation.image_urls else ""
    if not (first and operation.has_thumbnail):
        return first
    name = thumbnail_name(operation.partner_id, operation.file_token)
    return image_source(configured_storage().url(name))


def stored_names(operation: ImageOperation) -> list[str]:
    """Return the names in the storage of the operation's images and of their thumbnail; none for
    placeholders."""
    address = _storage_address()
    names = [url.removeprefix(address) for url in operation.image_urls if url.startswith(address)]
    if names and operation.has_thumbnail:
        names.append(thumbnail_name(operation.partner_id, operation.file_token))
    return names


def _drawn_placeholder(url: str) -> str:
    size = url.removeprefix(f"{settings.TEST_IMAGE_HOST}/").partition("/")[0]
    text = parse_qs(urlsplit(url).query).get("text", [""])[0]
    return f"{reverse('placeholder')}?{urlencode({'size': size, 'text': text})}"


def image_origins() -> list[str]:
    """Return the `img-src` sources of a page that displays images."""
    parts = urlsplit(_storage_address())
    return ["'self'", f"{parts.scheme}://{parts.netloc}"]


def _storage_address() -> str:
    """Return the common prefix of all stored images' public URLs."""
    return configured_storage().url("x").removesuffix("x")
