"""Finders of the dashboard's search, which get the request of a member and the term, and look in
the rows of `request.partner`. Their kinds are in the plural: "API keys"."""

from __future__ import annotations

from typing import Any

from config.finders import ID, Finders, Found, Hit

__all__ = ["ID", "MOST", "NAME", "Found", "Hit", "find", "finder"]

#: The form of a term: something with a letter of any script.
NAME = r"(?=.*[^\W_])[^@\n]{1,120}"

#: Hits of a kind.
MOST = 8

_finders: Finders[[Any, str]] = Finders()
finder = _finders.finder


def find(request: Any, term: str) -> list[Found]:
    """Ask each finder that fits; finders of one kind add up."""
    kinds: dict[str, tuple[str, dict[str, Hit]]] = {}
    for each in _finders.fitting(term, request.can):
        _, hits = kinds.setdefault(str(each.kind), (each.icon, {}))
        hits.update({hit.address: hit for hit in each.find(request, term)})
    return [
        Found(kind, tuple(hits.values())[:MOST], icon)
        for kind, (icon, hits) in kinds.items()
        if hits
    ]
