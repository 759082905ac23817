"""Tables of reports, shown on pages and written to CSV files alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

#: Rows of a page; the CSV file has them all.
MOST_ROWS = 200
Row = Sequence[Any]


class Kind(StrEnum):
    """How the values of a column are written: money in paise, points in hundredths."""

    TEXT = "text"
    DATE = "date"
    COUNT = "count"
    MONEY = "money"
    POINTS = "points"
    PERCENT = "percent"

    @property
    def is_number(self) -> bool:
        return self not in (Kind.TEXT, Kind.DATE)


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is its header in CSV files."""

    name: str
    label: str
    kind: Kind = Kind.TEXT


class Linked(NamedTuple):
    """A cell that leads to the page of what it names."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Table:
    """`total` has a value for each column, None where there is none; `hidden` rows are left out.

    `file` names the CSV file that has all rows.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row | None = None
    note: str = ""
    hidden: int = 0
    empty: str = "Nothing in this period."
    file: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number above the tables."""

    label: str
    value: Any
    kind: Kind = Kind.MONEY
    hint: str = ""


def add_up(columns: Sequence[Column], rows: Iterable[Row], label: str = "Total") -> Row:
    """Return the total row of few rows."""
    sums: list[Any] = [0 if column.kind.is_number else None for column in columns]
    for row in rows:
        sums = [
            None if total is None else total + (cell or 0)
            for total, cell in zip(sums, row, strict=True)
        ]
    return [label, *sums[1:]]


def shorten(rows: Iterator[Row] | Sequence[Row]) -> tuple[list[Row], int]:
    """Return the rows of a page and how many are hidden; few enough to be read at all."""
    every = list(rows)
    return every[:MOST_ROWS], max(len(every) - MOST_ROWS, 0)


def csv_cells(columns: Sequence[Column], row: Row) -> list[Any]:
    """Convert a row for a file: rupees and points with two decimals, empty for None."""
    return [_cell(column.kind, cell) for column, cell in zip(columns, row, strict=True)]


def _cell(kind: Kind, cell: Any) -> Any:
    if cell is None:
        return ""
    if kind in (Kind.MONEY, Kind.POINTS):
        return Decimal(cell).scaleb(-2)
    return cell.text if isinstance(cell, Linked) else cell
