"""The filter of a list that shows the rows of a line of the first page, at any age."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

PARAMETER = "needs"

_rows: dict[type[Model], dict[str, tuple[str, Callable[[], QuerySet[Any]]]]] = {}


def register_rows(
    model: type[Model], name: str, label: str, read: Callable[[], QuerySet[Any]]
) -> None:
    _rows.setdefault(model, {})[name] = (label, read)


def has_rows(model: type[Model]) -> bool:
    return model in _rows


class AttentionFilter(admin.SimpleListFilter):
    """Choose what needs a person."""

    title = "needs attention"
    parameter_name = PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, label) for name, (label, _) in _rows[model_admin.model].items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Read the IDs first, which an index of their own finds; most lists have few."""
        if (name := self.value()) is None:
            return queryset
        found = _rows[queryset.model].get(name)
        return queryset & found[1]() if found else queryset.none()
