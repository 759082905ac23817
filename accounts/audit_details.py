"""How pages say the target and the details of an audit entry. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

_POINTS = frozenset({"points", "threshold"})
#: What pages call the second factors that the login's library names.
_FACTORS = {
    "WebAuthn": "passkey",
    "TOTP Authenticator": "authenticator app",
    "Recovery codes": "recovery codes",
}
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


class Detail(NamedTuple):
    """One detail of an entry; a sum of points or money is set instead of `text`."""

    label: str
    text: str = ""
    hundredths: int | None = None
    paise: int | None = None


def describe_target(target: str, detail: dict[str, Any]) -> str:
    """What people call the target of an entry: its reference where it has one, else its id."""
    return str(detail.get("reference") or _FACTORS.get(target, target))


def describe_details(detail: dict[str, Any]) -> list[Detail]:
    """The details of an entry that say something beside its target; what stood before comes
    before what came."""
    said = {
        name: value
        for name, value in detail.items()
        if value not in (None, "", [], {}) and name != "reference"
    }
    return [_detail(name, said[name]) for name in sorted(said, key=lambda name: name == "after")]


def _detail(name: str, value: Any) -> Detail:
    label = _spaced(name.removesuffix("_paise").removesuffix("_seconds")).capitalize()
    if name in _POINTS and isinstance(value, int):
        return Detail(label, hundredths=value)
    if name.endswith("_paise") and isinstance(value, int):
        return Detail(label, paise=value)
    if name.endswith("_seconds") and isinstance(value, int):
        return Detail(label, _duration(value))
    return Detail(label, _words(value))


def _duration(seconds: int) -> str:
    """In the largest unit that leaves no rest."""
    if not seconds:
        return "none"
    unit, length = next(each for each in _UNITS if seconds % each[1] == 0)
    number = seconds // length
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and "network" in value:
        return f"{value['network']} ({value['note']})" if value.get("note") else value["network"]
    if isinstance(value, dict):
        said = ((name, each) for name, each in value.items() if each != "")
        return ", ".join(f"{_spaced(name)} {_words(each)}" for name, each in said)
    if isinstance(value, list):
        return "; ".join(_words(each) for each in value)
    return "none" if value is None else str(value)
