"""Text for the target and details of audit entries, in the current language. Pure functions."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy

_POINTS = frozenset({"points", "threshold"})
#: Labels for allauth's names of second factors.
_FACTORS = {
    "WebAuthn": gettext_lazy("passkey"),
    "TOTP Authenticator": gettext_lazy("authenticator app"),
    "Recovery codes": gettext_lazy("recovery codes"),
}
#: Names of details, which stand before their value, such as "Size 3".
_NAMES = {
    "account": pgettext_lazy("audit detail", "account"),
    "active": pgettext_lazy("audit detail", "active"),
    "after": pgettext_lazy("audit detail", "after"),
    "alert": pgettext_lazy("audit detail", "alert"),
    "amount": pgettext_lazy("audit detail", "amount"),
    "approval": pgettext_lazy("audit detail", "approval"),
    "approved_by": pgettext_lazy("audit detail", "approved by"),
    "before": pgettext_lazy("audit detail", "before"),
    "bucket": pgettext_lazy("audit detail", "bucket"),
    "debt_settled": pgettext_lazy("audit detail", "debt settled"),
    "device": pgettext_lazy("audit detail", "device"),
    "difference": pgettext_lazy("audit detail", "difference"),
    "domain": pgettext_lazy("audit detail", "domain"),
    "event": pgettext_lazy("audit detail", "event"),
    "events": pgettext_lazy("audit detail", "events"),
    "expires_at": pgettext_lazy("audit detail", "expires at"),
    "fields": pgettext_lazy("audit detail", "fields"),
    "frozen": pgettext_lazy("audit detail", "frozen"),
    "gateway": pgettext_lazy("audit detail", "gateway"),
    "groups": pgettext_lazy("audit detail", "groups"),
    "host": pgettext_lazy("audit detail", "host"),
    "id": pgettext_lazy("audit detail", "id"),
    "integration": pgettext_lazy("audit detail", "integration"),
    "into": pgettext_lazy("audit detail", "into"),
    "into_key": pgettext_lazy("audit detail", "into key"),
    "ip_address": pgettext_lazy("audit detail", "IP address"),
    "is_staff": pgettext_lazy("audit detail", "is staff"),
    "is_superuser": pgettext_lazy("audit detail", "is superuser"),
    "key": pgettext_lazy("audit detail", "key"),
    "kind": pgettext_lazy("audit detail", "kind"),
    "links": pgettext_lazy("audit detail", "links"),
    "name": pgettext_lazy("audit detail", "name"),
    "networks": pgettext_lazy("audit detail", "networks"),
    "note": pgettext_lazy("audit detail", "note"),
    "overlap": pgettext_lazy("audit detail", "overlap"),
    "overlap_hours": pgettext_lazy("audit detail", "overlap hours"),
    "owed": pgettext_lazy("audit detail", "owed"),
    "package": pgettext_lazy("audit detail", "package"),
    "payment": pgettext_lazy("audit detail", "payment"),
    "permissions": pgettext_lazy("audit detail", "permissions"),
    "points": pgettext_lazy("audit detail", "points"),
    "points_per_day": pgettext_lazy("audit detail", "points per day"),
    "points_per_month": pgettext_lazy("audit detail", "points per month"),
    "query": pgettext_lazy("audit detail", "query"),
    "reason": pgettext_lazy("audit detail", "reason"),
    "refund": pgettext_lazy("audit detail", "refund"),
    "requests_per_day": pgettext_lazy("audit detail", "requests per day"),
    "requests_per_minute": pgettext_lazy("audit detail", "requests per minute"),
    "role": pgettext_lazy("audit detail", "role"),
    "shop": pgettext_lazy("audit detail", "shop"),
    "size": pgettext_lazy("audit detail", "size"),
    "status": pgettext_lazy("audit detail", "status"),
    "testMode": pgettext_lazy("audit detail", "test mode"),
    "threshold": pgettext_lazy("audit detail", "threshold"),
    "total": pgettext_lazy("audit detail", "total"),
    "transfer": pgettext_lazy("audit detail", "transfer"),
    "website": pgettext_lazy("audit detail", "website"),
}
_ROLES = {
    "owner": gettext_lazy("owner"),
    "admin": gettext_lazy("admin"),
    "developer": gettext_lazy("developer"),
    "viewer": gettext_lazy("viewer"),
}
#: What stored words mean, by the name of the detail; other values are names, numbers and codes.
_WORDS = {"role": _ROLES, "permissions": {"all": gettext_lazy("all")}}


class Detail(NamedTuple):
    """One line of an entry; points or money set an amount instead of `text`."""

    label: str
    text: str = ""
    hundredths: int | None = None
    paise: int | None = None


def describe_target(target: str, detail: dict[str, Any]) -> str:
    """Return the label of the target: its reference if it has one, else its id."""
    return str(detail.get("reference") or _FACTORS.get(target, target))


def describe_details(detail: dict[str, Any], action: str = "") -> list[Detail]:
    """Return the details that pages show, "before" ahead of "after"."""
    shown = {
        name: value
        for name, value in detail.items()
        if value not in (None, "", [], {}) and name != "reference"
    }
    ordered = sorted(shown, key=lambda name: name == "after")
    if action == "member.role_changed":
        return [Detail(_label(name), _format_value(shown[name], "role")) for name in ordered]
    return [_describe(name, shown[name]) for name in ordered]


def _describe(name: str, value: Any) -> Detail:
    plain = name.removesuffix("_paise").removesuffix("_seconds")
    label = _label(plain)
    if name in _POINTS and isinstance(value, int):
        return Detail(label, hundredths=value)
    if name.endswith("_paise") and isinstance(value, int):
        return Detail(label, paise=value)
    if name.endswith("_seconds") and isinstance(value, int):
        return Detail(label, _duration(value))
    return Detail(label, _format_value(value, name))


def _duration(seconds: int) -> str:
    """Format in the largest unit that divides the duration."""
    if not seconds:
        return gettext("none")
    if seconds % 86_400 == 0:
        number = seconds // 86_400
        text = ngettext("%(number)s day", "%(number)s days", number)
    elif seconds % 3_600 == 0:
        number = seconds // 3_600
        text = ngettext("%(number)s hour", "%(number)s hours", number)
    elif seconds % 60 == 0:
        number = seconds // 60
        text = ngettext("%(number)s minute", "%(number)s minutes", number)
    else:
        number = seconds
        text = ngettext("%(number)s second", "%(number)s seconds", number)
    return text % {"number": number}


def _label(name: str) -> str:
    known = _NAMES.get(name)
    return str(capfirst(known)) if known else name.replace("_", " ").capitalize()


def _humanize(name: str) -> str:
    return str(_NAMES.get(name, name.replace("_", " ")))


def _format_value(value: Any, name: str = "") -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict) and "network" in value:
        return f"{value['network']} ({value['note']})" if value.get("note") else value["network"]
    if isinstance(value, dict):
        shown = ((each, inner) for each, inner in value.items() if inner != "")
        return ", ".join(f"{_humanize(each)} {_format_value(inner, each)}" for each, inner in shown)
    if isinstance(value, list):
        return "; ".join(_format_value(each) for each in value)
    if value is None:
        return gettext("none")
    return str(_WORDS.get(name, {}).get(str(value), value))
