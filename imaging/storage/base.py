"""Where generated images are kept for good, and the names they have there."""

import re
from collections.abc import Iterable
from typing import Protocol

CONTENT_TYPE = "image/png"
#: Cached for a year (API docs, "Image Create"): a name is random and never written twice.
CACHE_CONTROL = "public, max-age=31536000, immutable"

#: Segments that start with a dot are refused: they climb out of a root or hide a file.
_NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*", re.ASCII)
_MAX_NAME_LENGTH = 255


class StorageError(Exception):
    """The image could not be stored or deleted, or its name is not allowed."""


class ImageStorage(Protocol):
    """Keeps PNG files that anyone may read. Safe to call from many threads at once.

    A name looks like "partners/{partner_id}/generated/{uuid}.png" (API docs, "Image Create").
    """

    def save(self, name: str, data: bytes) -> str:
        """Stores the PNG and returns its public URL; raises `StorageError`."""
        ...

    def delete(self, names: Iterable[str]) -> None:
        """Removes the files; missing ones are fine. Raises `StorageError`."""
        ...

    def url(self, name: str) -> str:
        """The public URL of a name, whether or not a file is there."""
        ...


def check_name(name: str) -> str:
    """`name` itself; raises `StorageError` unless it is a plain relative path."""
    if len(name) > _MAX_NAME_LENGTH or not _NAME.fullmatch(name):
        raise StorageError("the name of an image must be a plain relative path")
    return name
