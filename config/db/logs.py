"""The database of the request log and the daily counts: the default one, unless
`LOG_DATABASE_URL` names another.

They are a third of what a call writes and share no transaction with points, so they can be moved to
a machine of their own. No statement joins them with other tables then. An app registers the models
that are there in its module `log_database`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet

LOG = "log"
#: By their labels: migrations have classes of their own.
_models: set[str] = set()


def register_log_models(*models: type[Model]) -> None:
    _models.update(model._meta.label_lower for model in models)


def log_alias() -> str:
    return LOG if settings.LOG_DATABASE_URL else DEFAULT_DB_ALIAS


def log_connection() -> BaseDatabaseWrapper:
    return connections[log_alias()]


def is_log_apart() -> bool:
    """Return whether the log is in a database of its own."""
    return log_alias() != DEFAULT_DB_ALIAS


def keys_for_log(keys: QuerySet[Any]) -> Any:
    """Return what rows of the log can be filtered by: a subquery, or ids if it would have to be
    answered by another database."""
    return list(keys.values_list("pk", flat=True)) if is_log_apart() else keys


class LogRouter:
    """Django's router of the log; there is one only if `LOG_DATABASE_URL` is set."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return LOG if _is_of_log(model) else None

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return LOG if _is_of_log(model) else None

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool | None:
        """The default database keeps its tables, empty or not: the setting can be taken back."""
        if db != LOG:
            return None
        return f"{app_label}.{model_name}" in _models or bool(hints.get("is_of_log"))


class OtherRouter:
    """The last router: rows that a row of the log names are not beside it."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS


def _is_of_log(model: Any) -> bool:
    return model._meta.label_lower in _models
