"""Finders of a search: each app registers how a term of a certain form is looked up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, ParamSpec

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

P = ParamSpec("P")

#: The form of an id, matched against all of a term.
ID = r"[0-9a-f]{24}"


@dataclass(frozen=True, slots=True)
class Hit:
    """`title` names the row, `detail` tells it from others."""

    title: str
    address: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one kind."""

    kind: StrOrPromise
    hits: tuple[Hit, ...]
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Finder(Generic[P]):
    kind: StrOrPromise
    form: re.Pattern[str]
    permission: str
    find: Callable[P, Iterable[Hit]]
    icon: str


class Finders(list[Finder[P]]):
    """Those of one search, whose functions get `P`."""

    def finder(
        self, *, kind: StrOrPromise, form: str, permission: str, icon: str = ""
    ) -> Callable[[Callable[P, Iterable[Hit]]], Callable[P, Iterable[Hit]]]:
        """Register a function that looks a term up by an index.

        It is asked only for terms that `form`, a regular expression, matches as a whole, regardless
        of case, and only for people with `permission`. `kind` names what it finds.
        """

        def register(find: Callable[P, Iterable[Hit]]) -> Callable[P, Iterable[Hit]]:
            self.append(Finder(kind, re.compile(form, re.IGNORECASE), permission, find, icon))
            return find

        return register

    def fitting(self, term: str, has: Callable[[str], bool]) -> list[Finder[P]]:
        """Return those whose form fits and whose permission the person has."""
        return [each for each in self if each.form.fullmatch(term) and has(each.permission)]
