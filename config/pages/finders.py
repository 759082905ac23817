"""Finders of the dashboard's search: each app registers how a term of a certain form is looked up
among the rows of one partner."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

#: Forms of terms, matched against all of them.
ID = r"[0-9a-f]{24}"
#: Something with a letter of any script.
NAME = r"(?=.*[^\W_])[^@\n]{1,120}"

#: Hits of a kind.
MOST = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """`title` names the row, `detail` tells it from others."""

    title: str
    address: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one kind."""

    kind: str
    icon: str
    hits: tuple[Hit, ...]


#: Gets the request of a member and the term.
Find = Callable[[Any, str], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Finder:
    kind: str
    icon: str
    form: re.Pattern[str]
    permission: str
    find: Find


_finders: list[Finder] = []


def finder(*, kind: str, icon: str, form: str, permission: str) -> Callable[[Find], Find]:
    """Register a function that looks up a term in rows of `request.partner`, by an index.

    It is asked only for terms that `form`, a regular expression, matches as a whole, regardless of
    case, and only for members with `permission`. `kind` is a plural: "API keys".
    """

    def register(find: Find) -> Find:
        _finders.append(Finder(kind, icon, re.compile(form, re.IGNORECASE), permission, find))
        return find

    return register


def find(request: Any, term: str) -> list[Found]:
    """Ask each finder that fits; finders of one kind add up."""
    kinds: dict[str, tuple[str, dict[str, Hit]]] = {}
    for each in _finders:
        if each.form.fullmatch(term) and request.can(each.permission):
            _, hits = kinds.setdefault(each.kind, (each.icon, {}))
            hits.update({hit.address: hit for hit in each.find(request, term)})
    return [
        Found(kind, icon, tuple(hits.values())[:MOST])
        for kind, (icon, hits) in kinds.items()
        if hits
    ]
