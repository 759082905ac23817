"""Two roles of the database: one serves and owns nothing, the other owns and migrates tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

#: What may differ between the roles; the database is the same.
_OWN = ("HOST", "PORT", "USER", "PASSWORD", "OPTIONS")


@contextmanager
def owner_connection() -> Iterator[None]:
    """Use `DATABASE_OWNER_URL` in this block, if there is one.

    For commands only: it changes the connection of this thread.
    """
    owner, serving = settings.DATABASE_OWNER, connection.settings_dict
    if not owner or serving["USER"] == owner["USER"]:
        yield
        return
    connection.close()
    connection.settings_dict = {**serving, **{name: owner[name] for name in _OWN if name in owner}}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = serving
