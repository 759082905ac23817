"""Advice on keys: what each may do that it has no use for.

Nothing that is advised would have rejected a request of the time that was looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_network
from typing import TYPE_CHECKING

from django.contrib.humanize.templatetags.humanize import NaturalTimeFormatter
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext

from accounts.endpoints import Endpoint, endpoints_for
from accounts.key_use import SHORTEST, KeyUse, read_key_use
from accounts.models import AllowedNetwork, ApiKey, Partner
from accounts.models.key import TEST_ENVIRONMENTS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

IDLE_AFTER = timedelta(days=60)
#: A key that never expires is worth a word at this age; it then gets this long.
_OLD = timedelta(days=180)
LIFETIME = timedelta(days=365)


class Kind(StrEnum):
    """What is advised; also the last part of the address of its page."""

    PERMISSIONS = "permissions"
    NETWORKS = "networks"
    ENTRIES = "entries"
    IDLE = "idle"
    EXPIRY = "expiry"


@dataclass(frozen=True, slots=True)
class Advice:
    """One change to a key: `before` and `after` in words, and `values`, which carry it out.

    `action` says what a button does, `reason` why in a sentence; the audit trail keeps that of an
    idle key, in English. `since` is the beginning of the time looked at, None where none was.
    """

    kind: Kind
    key: ApiKey
    action: str
    reason: StrOrPromise
    before: Sequence[StrOrPromise]
    after: Sequence[StrOrPromise]
    values: tuple[str, ...] = ()
    since: datetime | None = None
    entries: Sequence[AllowedNetwork] = field(default=(), compare=False)

    @property
    def proposal(self) -> str:
        """Identify the change, so that only what was shown is carried out."""
        return " ".join((self.kind, *self.values))


def read_advice(partner: Partner) -> list[Advice]:
    """Return the advice on all keys of a company, in three queries."""
    keys = partner.api_keys.select_related("replaced_by", "use").active()
    return advise_on(list(keys.order_by("created_at")))


def advise_on(keys: Sequence[ApiKey]) -> list[Advice]:
    """Return the advice on active keys that were read with `replaced_by` and `use`."""
    # One that was rolled ends by itself.
    judged = [key for key in keys if not key.was_rolled]
    prefetch_related_objects(judged, "allowed_networks")
    return list(_advise_all(judged))


def read_advice_on(key: ApiKey) -> list[Advice]:
    return advise_on([key]) if key.is_active else []


def find_advice(key: ApiKey, kind: Kind) -> Advice | None:
    return next((advice for advice in read_advice_on(key) if advice.kind is kind), None)


def _advise_all(keys: list[ApiKey]) -> Iterator[Advice]:
    if not keys:
        return
    uses = read_key_use(keys[0].partner_id, keys)
    for key in keys:
        use = uses.get(key.rate_subject)
        if idle := _advise_idle(key, use):
            yield idle
        elif key.environment not in TEST_ENVIRONMENTS:
            if use and use.is_long_enough:
                yield from filter(None, (advise(key, use) for advise in _BY_USE))
            yield from filter(None, [_advise_expiry(key)])


def _advise_idle(key: ApiKey, use: KeyUse | None) -> Advice | None:
    last = max(filter(None, (key.last_used_at, use.last_at if use else None)), default=None)
    if (last or key.created_at) > timezone.now() - IDLE_AFTER:
        return None
    return Advice(
        Kind.IDLE,
        key,
        gettext("Revoke key"),
        _idle_reason(key, last),
        [gettext("Active")],
        [gettext("Revoked")],
    )


def _age(since: datetime) -> str:
    # Django's other words for times are not translated into Hindi and Assamese.
    return timesince(since, depth=1, time_strings=NaturalTimeFormatter.past_substrings)


def _say_idle(key: ApiKey, last: datetime | None) -> str:
    if last:
        return gettext("Last used %(age)s ago.") % {"age": _age(last)}
    age = _age(key.created_at)
    return gettext("Created %(age)s ago and never used.") % {"age": age}


_idle_reason = lazy(_say_idle, str)


def _advise_permissions(key: ApiKey, use: KeyUse) -> Advice | None:
    """Only endpoints that need a permission count."""
    all_of_them = endpoints_for(key.environment)
    allowed = key.permissions
    granted = [each for each in all_of_them if allowed is None or each.name in allowed]
    used = [each for each in granted if each.name in use.endpoints]
    if not used or len(used) == len(granted):
        return None
    return Advice(
        Kind.PERMISSIONS,
        key,
        ngettext("Limit to the endpoint used", "Limit to the endpoints used", len(used)),
        ngettext(
            "May call %(granted)s endpoints; %(used)s was called.",
            "May call %(granted)s endpoints; %(used)s were called.",
            len(used),
        )
        % {"granted": len(granted), "used": len(used)},
        [gettext("All endpoints, including future ones")] if allowed is None else _labels(granted),
        _labels(used),
        tuple(each.name for each in used),
        use.since,
    )


def _labels(endpoints: Sequence[Endpoint]) -> list[StrOrPromise]:
    return [endpoint.label for endpoint in endpoints]


def _advise_networks(key: ApiKey, use: KeyUse) -> Advice | None:
    if key.allowed_networks.all() or not use.networks:
        return None
    number = len(use.networks)
    action = gettext("Allow the network seen")
    if number > 1:
        action = gettext("Allow the %(number)s networks seen") % {"number": number}
    return Advice(
        Kind.NETWORKS,
        key,
        action,
        ngettext(
            "Works from any IP address; all requests came from %(number)s network.",
            "Works from any IP address; all requests came from %(number)s networks.",
            number,
        )
        % {"number": number},
        [gettext("Any IP address")],
        use.networks,
        use.networks,
        use.since,
    )


def _advise_entries(key: ApiKey, use: KeyUse) -> Advice | None:
    """A network that overlaps an entry counts as its use: networks are seen only whole."""
    entries = list(key.allowed_networks.all())
    seen = [ip_network(network) for network in use.networks]
    unused = [
        entry
        for entry in entries
        if entry.created_at < timezone.now() - SHORTEST
        and not any(_overlap(ip_network(entry.network), network) for network in seen)
    ]
    if not seen or not unused or len(unused) == len(entries):
        return None
    number = len(unused)
    return Advice(
        Kind.ENTRIES,
        key,
        ngettext("Remove %(number)s unused entry", "Remove %(number)s unused entries", number)
        % {"number": number},
        gettext("%(number)s of %(all)s whitelist entries had no request.")
        % {"number": number, "all": len(entries)},
        [entry.network for entry in entries],
        [entry.network for entry in entries if entry not in unused],
        tuple(entry.network for entry in unused),
        use.since,
        unused,
    )


def _overlap(one: object, other: object) -> bool:
    return one.version == other.version and one.overlaps(other)  # type: ignore[attr-defined, no-any-return]


def _advise_expiry(key: ApiKey) -> Advice | None:
    if key.expires_at or key.created_at > timezone.now() - _OLD:
        return None
    return Advice(
        Kind.EXPIRY,
        key,
        gettext("Let it expire in 1 year"),
        gettext("Created %(age)s ago and never expires.") % {"age": _age(key.created_at)},
        [gettext("Never expires")],
        [gettext("Expires in 1 year; you are reminded a week before")],
    )


_BY_USE: tuple[Callable[[ApiKey, KeyUse], Advice | None], ...] = (
    _advise_permissions,
    _advise_networks,
    _advise_entries,
)
