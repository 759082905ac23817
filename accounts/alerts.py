"""Registry of the kinds of alerts: each app registers its own in its module `alert_kinds`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accounts.models import Alert, Member

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Facts = Mapping[str, Any]
_Role = Member.Role
EVERYONE = frozenset({_Role.OWNER, _Role.ADMIN, _Role.DEVELOPER, _Role.VIEWER})
#: Who sees requests, webhooks and keys.
BUILDERS = frozenset({_Role.OWNER, _Role.ADMIN, _Role.DEVELOPER})
#: Who buys points.
BUYERS = frozenset({_Role.OWNER, _Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Wording:
    """An alert in words, in the current language: in an email, in a list, in an event. `page` is a
    path."""

    title: str
    text: str
    button: str
    page: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause for an alert that exists now; `facts` are JSON as the webhook event has it."""

    partner_id: str
    subject: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that each company can choose."""

    label: StrOrPromise
    unit: StrOrPromise
    default: int
    least: int
    most: int
    help_text: StrOrPromise


class Limits(dict[str, int]):
    """The limit of each partner; those that chose none have the default of the kind."""

    def __init__(self, chosen: Iterable[tuple[str, int]], limit: Limit | None) -> None:
        super().__init__(chosen)
        self._limit = limit

    def __missing__(self, partner_id: str) -> int:
        assert self._limit, "this kind of alert has no limit"
        return self._limit.default


def _nothing(_limits: Limits) -> Iterable[Finding]:
    return ()


def _none_over(_alerts: list[Alert], _limits: Limits) -> Iterable[Alert]:
    return ()


def _no_address(_partner_id: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class AlertKind:
    """A kind of alert, and the rule by which it is raised.

    `roles` can receive it, `default_roles` do unless the member switches it off. `find` returns the
    causes that exist now, of all partners; those that have an open alert already are ignored.
    `over` returns which of these open alerts have lost their cause. A service that raises alerts of
    the kind itself needs neither. `other_address` is sent the alert as well.
    """

    name: str
    label: StrOrPromise
    explanation: StrOrPromise
    roles: frozenset[str]
    default_roles: frozenset[str]
    describe: Callable[[Facts], Wording]
    sample: Facts
    find: Callable[[Limits], Iterable[Finding]] = _nothing
    over: Callable[[list[Alert], Limits], Iterable[Alert]] = _none_over
    limit: Limit | None = None
    other_address: Callable[[str], str] = field(default=_no_address)

    @property
    def event(self) -> str:
        return f"alert.{self.name}"

    @property
    def has_other_address(self) -> bool:
        return self.other_address is not _no_address

    def is_on_for(self, role: str, choice: bool | None) -> bool:
        """`choice` is the member's own, if any."""
        return role in self.roles and (role in self.default_roles if choice is None else choice)


_kinds: dict[str, AlertKind] = {}


def register_alert_kinds(*kinds: AlertKind) -> None:
    """Raise `ValueError` for a name that is taken."""
    for kind in kinds:
        if _kinds.setdefault(kind.name, kind) != kind:
            raise ValueError(f"The kind of alert {kind.name!r} is registered twice.")


def alert_kinds() -> list[AlertKind]:
    return list(_kinds.values())


def find_alert_kind(name: str) -> AlertKind | None:
    return _kinds.get(name)


def alert_kind(name: str) -> AlertKind:
    """Raise `KeyError` for an unknown name."""
    return _kinds[name]


def describe_alert(alert: Alert) -> Wording:
    """Return its words in the current time zone and language; a kind that is gone has its name."""
    kind = _kinds.get(alert.kind)
    if kind is None:
        return Wording(alert.kind.replace("_", " ").capitalize(), "", "", "")
    return kind.describe(alert.facts)
