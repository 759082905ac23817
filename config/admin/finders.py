"""Finders of the administration's search box. Their kinds are in the singular: "purchase"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from config.finders import ID, Finder, Finders, Found, Hit

__all__ = ["EMAIL", "ID", "Found", "Hit", "admin_address", "finder", "first_hits"]

#: The form of a term, matched against all of it.
EMAIL = r"[^@\s]+@[^@\s]+"

#: Hits of a kind.
_MOST = 10

_finders: Finders[[str]] = Finders()
finder = _finders.finder


def registered_finders() -> tuple[Finder[[str]], ...]:
    return tuple(_finders)


def finders_for(request: HttpRequest, term: str) -> list[Finder[[str]]]:
    return _finders.fitting(term, request.user.has_perm)


def find(request: HttpRequest, term: str) -> list[Found]:
    """Ask each finder that fits for at most ten hits."""
    found = (
        Found(each.kind, tuple(each.find(term))[:_MOST]) for each in finders_for(request, term)
    )
    return [each for each in found if each.hits]


def admin_address(model: type[Model], pk: object) -> str:
    """Return the address of a row's page."""
    options = model._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[pk])


def first_hits(rows: QuerySet[Any], detail: Callable[[Any], object]) -> list[Hit]:
    """Return the page of each row, which its own text names."""
    return [
        Hit(str(row), admin_address(type(row), row.pk), str(detail(row))) for row in rows[:_MOST]
    ]
