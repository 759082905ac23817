"""Template filters for tables of reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django import template

from billing.money import rupees
from billing.reports.tables import Figure, Kind, Linked, Row, Table
from config.grouping import group_digits

register = template.Library()


class Shown(NamedTuple):
    text: str
    address: str
    is_number: bool
    label: str


@register.filter
def cells(row: Row, table: Table) -> Iterator[Shown]:
    """Yield the cells of a row as text."""
    for column, cell in zip(table.columns, row, strict=True):
        address = cell.address if isinstance(cell, Linked) else ""
        text = show(cell, column.kind)
        yield Shown(text, address, column.kind.is_number, column.label)


@register.filter
def figure_text(figure: Figure) -> str:
    return show(figure.value, figure.kind)


def show(value: Any, kind: Kind) -> str:
    """Format a value with Indian grouping and a real minus sign."""
    if value is None:
        return ""
    if isinstance(value, Linked):
        return value.text
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if not kind.is_number or isinstance(value, str):
        return str(value)
    sign = "−" if value < 0 else ""
    return sign + _format(abs(value), kind)


def _format(value: int, kind: Kind) -> str:
    if kind == Kind.MONEY:
        return rupees(value)
    if kind == Kind.POINTS:
        whole, rest = divmod(value, 100)
        return f"{group_digits(whole)}.{rest:02d}"
    return f"{value:g}%" if kind == Kind.PERCENT else group_digits(value)
