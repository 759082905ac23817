"""Phone numbers in the formats of the API. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

#: Maximum length with country code (ITU-T E.164).
MAX_DIGITS = 15
MIN_DIGITS = 4
_SEPARATORS = re.compile(r"[\s().\-]+")


def parse_digits(text: str) -> str | None:
    """Strip the usual separators; None if the rest is not a phone number."""
    digits = _SEPARATORS.sub("", text)
    is_number = digits.isascii() and digits.isdecimal()
    return digits if is_number and MIN_DIGITS <= len(digits) <= MAX_DIGITS else None


@dataclass(frozen=True, slots=True)
class PhoneQuery:
    """A number to search for: `+91…` includes its country code, other digits may or may not."""

    digits: str
    is_international: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a query; a `+` that arrived unencoded, as a space, is restored."""
        is_international = text.startswith((" ", "+"))
        digits = _SEPARATORS.sub("", text.lstrip(" ").removeprefix("+"))
        is_number = digits.isascii() and digits.isdecimal()
        return cls(digits if is_number else "", is_international)
