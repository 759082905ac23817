"""Sessions beside the one that serves: of the role that owns the tables, and past a pooler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

#: What may differ between the roles; the database is the same.
_OWN = ("HOST", "PORT", "USER", "PASSWORD", "OPTIONS")


@contextmanager
def owner_connection() -> Iterator[None]:
    """Use `DATABASE_OWNER_URL` in this block, if there is one, else `DATABASE_DIRECT_URL`.

    For commands only: it changes the connection of this thread.
    """
    serving = connection.settings_dict
    with _connected_as(settings.DATABASE_OWNER or settings.DATABASE_DIRECT or serving):
        yield


@contextmanager
def session_connection() -> Iterator[None]:
    """Use a session of its own in this block: a pooler may give each transaction another one.

    For commands and their threads only: it changes the connection of this thread.
    """
    with _connected_as(settings.DATABASE_DIRECT or connection.settings_dict):
        yield


def connect_directly(**options: Any) -> psycopg.Connection[Any]:
    """Return a session that neither the pool nor a pooler shares with others."""
    return _connect(settings.DATABASE_DIRECT or connection.settings_dict, options)


def connect_as_owner(**options: Any) -> psycopg.Connection[Any]:
    """Return a session of the role that owns the tables; no other connection changes."""
    owner = settings.DATABASE_OWNER or settings.DATABASE_DIRECT or connection.settings_dict
    return _connect(owner, options)


@contextmanager
def _connected_as(wanted: dict[str, Any]) -> Iterator[None]:
    serving, changed = connection.settings_dict, _as(wanted)
    if _place(serving) == _place(changed):
        yield
        return
    connection.close()
    connection.settings_dict = changed
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = serving


def _connect(wanted: dict[str, Any], options: dict[str, Any]) -> psycopg.Connection[Any]:
    parameters = DatabaseWrapper(_as(wanted)).get_connection_params()
    parameters.pop("pool", None)
    # Django's own classes of cursors need its adapters.
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    return psycopg.connect(**{**parameters, **options})


def _as(wanted: dict[str, Any]) -> dict[str, Any]:
    own = {name: wanted[name] for name in _OWN if name in wanted}
    return {**connection.settings_dict, **own}


def _place(database: dict[str, Any]) -> tuple[Any, ...]:
    socket = database.get("OPTIONS", {}).get("host")
    return database["HOST"], str(database["PORT"]), database["USER"], socket
