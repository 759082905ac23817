"""How well the services did, day by day: each app registers the ones that it can count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: Returns how many ended between two times, and how many of them failed on our side.
Count = Callable[[datetime, datetime], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Service:
    """`name` identifies it where its days are kept."""

    name: str
    label: StrOrPromise
    count: Count


_services: dict[str, Service] = {}


def register_service(name: str, label: StrOrPromise) -> Callable[[Count], Count]:
    def register(count: Count) -> Count:
        _services[name] = Service(name, label, count)
        return count

    return register


def all_services() -> list[Service]:
    return list(_services.values())


def cache_key(service: Service, day: date) -> str:
    """Return where the counts of a day, in UTC, are kept: `[total, failed]`."""
    return f"service-level:{service.name}:{day}"
