"""The page of one partner: each app registers what it knows of a partner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Cell:
    """`address` makes it a link; `tone` ("good", "warn", "bad") makes it a badge."""

    text: Any
    address: str = ""
    tone: str = ""
    is_number: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a section, at most ten; cells are text or `Cell`. `address` is the whole list."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    empty: str = "None yet."
    address: str = ""


#: Reads a section; a dict is the context of its template, None leaves the section out.
Reader = Callable[[HttpRequest, Any], Table | dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    permission: str
    place: int
    template: str
    read: Reader


@dataclass(frozen=True, slots=True)
class _Action:
    label: str
    permission: str
    place: int
    address_of: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A section as it is rendered."""

    title: str
    name: str
    html: SafeString
    address: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    address: str


_sections: list[_Section] = []
_actions: list[_Action] = []


def partner_section(
    *, title: str, permission: str, place: int, template: str = "admin/partner/table.html"
) -> Callable[[Reader], Reader]:
    """Register a section of the partner's page; sections are sorted by `place`.

    The function takes the request and the partner, and makes a constant number of queries. It
    returns a `Table`, or the context of `template`.
    """

    def register(read: Reader) -> Reader:
        _sections.append(_Section(title, permission, place, template, read))
        return read

    return register


def partner_action(
    *, label: str, permission: str, place: int
) -> Callable[[Callable[[Any], str]], Callable[[Any], str]]:
    """Register a button of the partner's page: a function from the partner to the address.

    It returns "" where the button would do nothing, such as approving twice.
    """

    def register(address_of: Callable[[Any], str]) -> Callable[[Any], str]:
        _actions.append(_Action(label, permission, place, address_of))
        return address_of

    return register


def read_sections(request: HttpRequest, partner: Any) -> list[Shown]:
    """Return the sections that the person's permissions allow."""
    allowed = [each for each in _sections if request.user.has_perm(each.permission)]
    shown = (_show(request, partner, each) for each in sorted(allowed, key=lambda s: s.place))
    return [section for section in shown if section]


def _show(request: HttpRequest, partner: Any, section: _Section) -> Shown | None:
    content = section.read(request, partner)
    if content is None:
        return None
    context = {"table": content} if isinstance(content, Table) else content
    address = content.address if isinstance(content, Table) else content.get("address", "")
    html = render_to_string(section.template, {**context, "partner": partner}, request)
    name = section.title.lower().replace(" ", "-")
    return Shown(section.title, name, html, address)


def read_actions(request: HttpRequest, partner: Any) -> list[Button]:
    allowed = [each for each in _actions if request.user.has_perm(each.permission)]
    ordered = sorted(allowed, key=lambda action: action.place)
    found = ((action.label, action.address_of(partner)) for action in ordered)
    return [Button(label, address) for label, address in found if address]
