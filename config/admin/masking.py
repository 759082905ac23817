"""Personal data as lists and pages of staff show it. Pure functions."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"""[^\s"'<>@,;:()]+@[^\s"'<>@,;:()]+""")


def mask_email(address: str) -> str:
    """Keep the first letter and the domain: "p…@nova.test"."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}" if at else mask_name(address)


def mask_emails(text: str) -> str:
    return _ADDRESS.sub(lambda found: mask_email(found[0]), text)


def mask_name(name: str) -> str:
    """Keep the first letter of each word: "P… S…"."""
    return " ".join(f"{word[:1]}…" for word in name.split())


def mask_phone(country_code: int, number: str) -> str:
    return f"+{country_code} …{number[-2:]}"
