"""Files that are made when an email is delivered.

The outbox keeps their names only: a transaction must not wait until a PDF is drawn, and the worker
draws it.
"""

from __future__ import annotations

from collections.abc import Callable

from config.db.encryption import report_undecryptable

#: File name, content and type.
File = tuple[str, bytes, str]
#: The name of a source, and what it needs to find the file.
Reference = tuple[str, ...]

_sources: dict[str, Callable[..., File]] = {}


def attachment_source(name: str) -> Callable[[Callable[..., File]], Callable[..., File]]:
    """Register what makes the files of a name, in an app's `mail_attachments.py`."""

    def register(source: Callable[..., File]) -> Callable[..., File]:
        _sources[name] = source
        return source

    return register


def make_file(reference: Reference) -> File | None:
    """Return None if the file's data cannot be decrypted: the email is sent without it."""
    name, *arguments = reference
    with report_undecryptable():
        return _sources[name](*arguments)
    return None
