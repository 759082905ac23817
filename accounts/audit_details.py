"""Text for the target and details of audit entries. Pure functions."""

from __future__ import annotations

from typing import Any, NamedTuple

_POINTS = frozenset({"points", "threshold"})
#: Labels for allauth's names of second factors.
_FACTORS = {
    "WebAuthn": "passkey",
    "TOTP Authenticator": "authenticator app",
    "Recovery codes": "recovery codes",
}
_LABELS = {"ip_address": "IP address"}
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


class Detail(NamedTuple):
    """One line of an entry; points or money set an amount instead of `text`."""

    label: str
    text: str = ""
    hundredths: int | None = None
    paise: int | None = None


def describe_target(target: str, detail: dict[str, Any]) -> str:
    """Return the label of the target: its reference if it has one, else its id."""
    return str(detail.get("reference") or _FACTORS.get(target, target))


def describe_details(detail: dict[str, Any]) -> list[Detail]:
    """Return the details that pages show, "before" ahead of "after"."""
    shown = {
        name: value
        for name, value in detail.items()
        if value not in (None, "", [], {}) and name != "reference"
    }
    return [
        _describe(name, shown[name]) for name in sorted(shown, key=lambda name: name == "after")
    ]


def _describe(name: str, value: Any) -> Detail:
    plain = name.removesuffix("_paise").removesuffix("_seconds")
    label = _LABELS.get(name) or _humanize(plain).capitalize()
    if name in _POINTS and isinstance(value, int):
        return Detail(label, hundredths=value)
    if name.endswith("_paise") and isinstance(value, int):
        return Detail(label, paise=value)
    if name.endswith("_seconds") and isinstance(value, int):
        return Detail(label, _duration(value))
    return Detail(label, _format_value(value))


def _duration(seconds: int) -> str:
    """Format in the largest unit that divides the duration."""
    if not seconds:
        return "none"
    unit, length = next(each for each in _UNITS if seconds % each[1] == 0)
    number = seconds // length
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _humanize(name: str) -> str:
    return name.replace("_", " ")


def _format_value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and "network" in value:
        return f"{value['network']} ({value['note']})" if value.get("note") else value["network"]
    if isinstance(value, dict):
        shown = ((name, each) for name, each in value.items() if each != "")
        return ", ".join(f"{_humanize(name)} {_format_value(each)}" for name, each in shown)
    if isinstance(value, list):
        return "; ".join(_format_value(each) for each in value)
    return "none" if value is None else str(value)
