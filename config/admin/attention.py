"""What needs the attention of staff: each app registers items, which their first page shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import structlog
from django.db import Error, connection, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from config.admin.attention_filter import PARAMETER, register_rows
from config.grouping import group_digits

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


def attention_rows(
    model: type[Model],
    *,
    one: str,
    many: str,
    permission: str,
    severity: Severity = Severity.WARN,
    button: str = "View",
    count_by: str = "",
) -> Callable[[Callable[[], QuerySet[Any]]], Callable[[], QuerySet[Any]]]:
    """Register a function that returns rows of `model` which need a person.

    `one` and `many` name them: "open dispute", "open disputes". The line links to the list of
    exactly these rows. `count_by` counts what they belong to, such as "partner".
    """

    def register(rows: Callable[[], QuerySet[Any]]) -> Callable[[], QuerySet[Any]]:
        name = rows.__name__

        def read() -> Need | None:
            found = rows().values(count_by).distinct() if count_by else rows()
            if not (number := count_some(found)):
                return None
            text = f"{_format(number)} {one if number == 1 else many}"
            page = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            return Need(text, f"{reverse(page)}?{PARAMETER}={name}", severity, button)

        register_rows(model, name, many, rows)
        _items.append(Item(permission, read))
        return rows

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
    return f"More than {group_digits(_MOST)}" if number > _MOST else group_digits(number)
