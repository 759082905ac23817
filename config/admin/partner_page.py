"""The page of one partner: each app registers what it knows of a partner."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify

from config.admin.columns import short_time
from config.admin.finders import admin_address

#: Rows of a section; the whole list is a link.
MOST_ROWS = 10


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

    @property
    def cells(self) -> list[list[Cell]]:
        return [[_as_cell(value) for value in row] for row in self.rows]

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Return the columns, and whether they are of numbers."""
        return [
            (column, cell.is_number)
            for column, cell in zip(self.columns, self.cells[0], strict=True)
        ]


def link(request: HttpRequest, text: object, row: Model) -> Cell:
    """Return a cell that opens the row's page, if the person may see it."""
    return Cell(text, _page_of(request, row))


def when(at: datetime | None) -> Cell:
    """Return a cell with a time in UTC, to the second where it is pointed at."""
    return Cell(short_time(at), title=_to_seconds(at)) if at else Cell("–")


def link_when(request: HttpRequest, at: datetime, row: Model) -> Cell:
    """Return a cell with a time that opens the row's page."""
    return Cell(short_time(at), _page_of(request, row), title=_to_seconds(at))


def number(text: object) -> Cell:
    return Cell(text, is_number=True)


def facts(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the context of `admin/partner/facts.html`: labels with text or a `Cell`."""
    return {"facts": [(label, _as_cell(value)) for label, value in pairs]}


def list_of(model: type[Model], partner: Any, query: str = "") -> str:
    """Return the address of the partner's rows in the list of a model."""
    options = model._meta
    page = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return f"{page}?partner={partner.pk}{query}"


def _page_of(request: HttpRequest, row: Model) -> str:
    model = type(row)
    permission = f"{model._meta.app_label}.view_{model._meta.model_name}"
    return admin_address(model, row.pk) if request.user.has_perm(permission) else ""


def _to_seconds(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _as_cell(value: Any) -> Cell:
    return value if isinstance(value, Cell) else Cell(value)


#: Reads a section; a dict is the context of its template, None leaves the section out.
Reader = Callable[[HttpRequest, Any], Table | dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    permission: str
    place: int
    template: str
    is_aside: bool
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
    is_aside: bool
    address: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    address: str


_sections: list[_Section] = []
_actions: list[_Action] = []


def partner_section(
    *,
    title: str,
    permission: str,
    place: int,
    template: str = "admin/partner/table.html",
    is_aside: bool = False,
) -> Callable[[Reader], Reader]:
    """Register a section of the partner's page; sections are sorted by `place`.

    The function takes the request and the partner, and makes a constant number of queries. It
    returns a `Table`, or the context of `template`. `is_aside` puts it into the narrow column.
    """

    def register(read: Reader) -> Reader:
        _sections.append(_Section(title, permission, place, template, is_aside, read))
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
    return Shown(section.title, slugify(section.title), html, section.is_aside, address)


def read_actions(request: HttpRequest, partner: Any) -> list[Button]:
    allowed = [each for each in _actions if request.user.has_perm(each.permission)]
    ordered = sorted(allowed, key=lambda action: action.place)
    found = ((action.label, action.address_of(partner)) for action in ordered)
    return [Button(label, address) for label, address in found if address]
