"""What needs the attention of staff: each app registers items, which their first page shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import structlog
from django.db import Error, connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

log = structlog.get_logger(__name__)

_MOST = 1_000


class Severity(IntEnum):
    """The worst first; `GOOD` needs no one and tells that something is well."""

    BAD = 0
    WARN = 1
    INFO = 2
    GOOD = 3

    @property
    def tone(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Need:
    """A line of the page; `button` is what its link says."""

    text: str
    address: str = ""
    severity: Severity = Severity.WARN
    button: str = "View"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    permission: str
    read: Callable[[], Need | None]


_items: list[Item] = []


def attention_count(
    *,
    one: str,
    many: str,
    url_name: str,
    query: str = "",
    permission: str,
    severity: Severity = Severity.WARN,
    button: str = "View",
) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a function that counts rows which need a person, with `count_some`.

    `one` and `many` name them: "open dispute", "open disputes". `url_name` and `query` are the
    list of exactly these rows.
    """

    def register(count: Callable[[], int]) -> Callable[[], int]:
        def read() -> Need | None:
            if not (number := count()):
                return None
            text = f"{_format(number)} {one if number == 1 else many}"
            address = reverse(url_name) + (f"?{query}" if query else "")
            return Need(text, address, severity, button)

        _items.append(Item(permission, read))
        return count

    return register


def attention_state(
    *, permission: str
) -> Callable[[Callable[[], Need | None]], Callable[[], Need | None]]:
    """Register a function that returns a line, or None where nothing is to say."""

    def register(read: Callable[[], Need | None]) -> Callable[[], Need | None]:
        _items.append(Item(permission, read))
        return read

    return register


def registered_items() -> tuple[Item, ...]:
    return tuple(_items)


def count_some(rows: QuerySet[Any]) -> int:
    """Count at most 1,001 rows: the page says "more than 1,000" then."""
    return rows.order_by()[: _MOST + 1].count()


def read_needs(request: HttpRequest) -> list[Need]:
    """Return what the person's permissions let them see, the worst first.

    An item whose query fails is a line itself, so that the others are still shown.
    """
    allowed = [item for item in _items if request.user.has_perm(item.permission)]
    needs = [need for item in allowed if (need := _read(item))]
    return sorted(needs, key=lambda need: need.severity)


def _read(item: Item) -> Need | None:
    try:
        with transaction.atomic():
            return item.read()
    except Error as error:
        name = f"{item.read.__module__}.{item.read.__qualname__}"
        log.error("attention item failed", item=name, error=str(error).strip())
        if not connection.is_usable():
            raise
        return Need("A check of this page failed. The log has the reason.", severity=Severity.BAD)


def _format(number: int) -> str:
    return f"More than {_MOST:,}" if number > _MOST else f"{number:,}"
