"""Finders of the search box: each app registers how a term of a certain form is looked up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse

#: The form of a term, matched against all of it.
ID = r"[0-9a-f]{24}"
EMAIL = r"[^@\s]+@[^@\s]+"

#: Hits of a kind.
_MOST = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """`title` names the row, `detail` tells it from others."""

    title: str
    address: str
    detail: str = ""


Find = Callable[[str], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Finder:
    kind: str
    form: re.Pattern[str]
    permission: str
    find: Find


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one kind."""

    kind: str
    hits: tuple[Hit, ...]


_finders: list[Finder] = []


def finder(*, kind: str, form: str, permission: str) -> Callable[[Find], Find]:
    """Register a function that looks a term up in one indexed column.

    It is asked only for terms that `form`, a regular expression, matches as a whole, regardless of
    case. `kind` names what it finds in the singular: "purchase", "key by its last four characters".
    """

    def register(find: Find) -> Find:
        _finders.append(Finder(kind, re.compile(form, re.IGNORECASE), permission, find))
        return find

    return register


def registered_finders() -> tuple[Finder, ...]:
    return tuple(_finders)


def finders_for(request: HttpRequest, term: str) -> list[Finder]:
    """Return those whose form fits and whose results the person may see."""
    return [
        each
        for each in _finders
        if each.form.fullmatch(term) and request.user.has_perm(each.permission)
    ]


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
