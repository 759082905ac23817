"""Phone numbers as the API writes and asks for them. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

#: The longest number of the international plan, country code included (ITU-T E.164).
MAX_DIGITS = 15
MIN_DIGITS = 4
_SEPARATORS = re.compile(r"[\s().\-]+")


def parse_digits(text: str) -> str | None:
    """The digits of a number written with the usual separators, or None where it is no number."""
    digits = _SEPARATORS.sub("", text)
    is_number = digits.isascii() and digits.isdecimal()
    return digits if is_number and MIN_DIGITS <= len(digits) <= MAX_DIGITS else None


@dataclass(frozen=True, slots=True)
class PhoneQuery:
    """A number to look for: `+91…` names its country, `91…` and bare digits leave it open."""

    digits: str
    is_international: bool

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads a query; a `+` that an undecoded query string turned into a space is restored."""
        is_international = text.startswith((" ", "+"))
        digits = _SEPARATORS.sub("", text.lstrip(" ").removeprefix("+"))
        is_number = digits.isascii() and digits.isdecimal()
        return cls(digits if is_number else "", is_international)
