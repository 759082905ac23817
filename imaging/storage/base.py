"""The interface of image storage, and the rules for file names."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Protocol

_CONTENT_TYPES = {".png": "image/png", ".webp": "image/webp"}
#: Cached for a year (API documentation, "Image Create"): a name is random and never written twice.
CACHE_CONTROL = "public, max-age=31536000, immutable"

#: Segments that start with a dot are refused: they could leave the root or hide a file.
_NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*", re.ASCII)
_MAX_NAME_LENGTH = 255


class StorageError(Exception):
    """The image could not be stored or deleted, or its name is not allowed."""


class ImageStorage(Protocol):
    """Stores publicly readable images. Thread-safe.

    Names have the form "partners/{partner_id}/generated/{uuid}.png" (API documentation, "Image
    Create"); thumbnails are WebP files beside them.
    """

    def save(self, name: str, data: bytes) -> str:
        """Store the file and return its public URL; raise `StorageError`."""
        ...

    def delete(self, names: Iterable[str]) -> None:
        """Delete the files, ignoring missing ones; raise `StorageError`."""
        ...

    def move(self, source: str, target: str, *, is_public: bool) -> None:
        """Rename a file; do nothing if `source` is missing. Raises `StorageError`.

        One that is not public has an unguessable name, and is private where the storage has
        such a thing.
        """
        ...

    def url(self, name: str) -> str:
        """Return the public URL of a name, whether or not the file exists."""
        ...


def content_type_of(name: str) -> str:
    return _CONTENT_TYPES[PurePosixPath(name).suffix]


def check_name(name: str) -> str:
    """Return `name`; raise `StorageError` unless it is a plain relative path."""
    if len(name) > _MAX_NAME_LENGTH or not _NAME.fullmatch(name):
        raise StorageError("the name of an image must be a plain relative path")
    return name
