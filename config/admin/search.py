"""Search in lists: the form of a term decides which one column is asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

#: Forms of terms.
ANY = re.compile(r".{1,200}\Z", re.DOTALL)
ID = re.compile(r"[0-9a-f]{24}\Z")
EMAIL = re.compile(r"\S+@\S+\Z")
NUMBER = re.compile(r"[0-9]{1,9}\Z")


# Any: terms use methods of their own query sets.
Rows = Any


@dataclass(frozen=True, slots=True)
class Term:
    """Terms of one form, and how to find their rows: by a look-up that an index serves.

    `select` is for what is no look-up of the term itself, such as its hash.
    """

    lookup: str
    form: re.Pattern[str] = ID
    select: Callable[[Rows, str], Rows] | None = None

    def find(self, rows: Rows, term: str) -> Rows:
        return self.select(rows, term) if self.select else rows.filter(**{self.lookup: term})


def owned_by(field: str, owner: type[Model]) -> Term:
    """Find rows by the id of a row of theirs, within its partner's rows, which an index serves."""

    def select(rows: Rows, term: str) -> Rows:
        owners: Any = owner._default_manager
        partner = owners.filter(pk=term).values_list("partner_id", flat=True).first()
        if partner is None:
            return rows.none()
        return rows.filter(partner_id=partner, **{f"{field}_id": term})

    return Term(field, ID, select)


def search(rows: Rows, terms: tuple[Term, ...], text: str) -> Rows:
    """Return the rows of the first kind of term that finds any; ask only kinds of its form."""
    if "\x00" in text:
        return rows.none()
    kinds = [term for term in terms if term.form.match(text)]
    everything: Any = rows.model._default_manager.all()
    for kind in kinds[:-1]:
        if kind.find(everything, text).exists():
            return kind.find(rows, text)
    return kinds[-1].find(rows, text) if kinds else rows.none()
