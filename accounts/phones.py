"""Phone numbers in the formats of the API. Pure functions.

`phonenumbers` reads numbers, so that the spellings of one number are found as one. A number that it
cannot read is its digits.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple, Self

#: Maximum length with country code (ITU-T E.164).
MAX_DIGITS = 15
MIN_DIGITS = 4
#: Format characters, dashes, spaces and brackets of any script.
_SEPARATORS = {"Cf", "Pd", "Zs", "Ps", "Pe"}
_MORE_SEPARATORS = frozenset("./\t\u2212\u30fc")


def read_digits(text: str) -> str:
    """Return the ASCII digits of a number, without separators; "" if it has other characters."""
    digits: list[str] = []
    for character in text.strip():
        if character in _MORE_SEPARATORS or unicodedata.category(character) in _SEPARATORS:
            continue
        value = unicodedata.decimal(character, None)
        if value is None and not (character in "+＋" and not digits):
            return ""
        digits.append("" if value is None else str(value))
    return "".join(digits)


def national_number(country_code: int, text: str) -> str:
    """Return the number without country code and trunk prefix; else the digits of `text`.

    The country code may be repeated in `text`, also after "+" or "00".
    """
    digits = read_digits(text)
    for international in _international_forms(country_code, text, digits):
        number = _parse(international)
        if number and number.country_code == country_code:
            return number.national
    return digits


def _international_forms(country_code: int, text: str, digits: str) -> list[str]:
    code = str(country_code)
    repeated = [f"+{digits}"] if digits.startswith(code) else []
    if digits.startswith(f"00{code}"):
        repeated.append(f"+{digits[2:]}")
    is_international = text.strip().startswith(("+", "＋"))
    return repeated if is_international else [f"+{code}{digits}", *repeated]


class _Number(NamedTuple):
    country_code: int
    national: str


def _parse(international: str) -> _Number | None:
    """Return None for what is no valid number."""
    import phonenumbers  # noqa: PLC0415 - memory that the sweeper does not need

    try:
        number = phonenumbers.parse(international)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return _Number(number.country_code or 0, phonenumbers.national_significant_number(number))


@dataclass(frozen=True, slots=True)
class PhoneQuery:
    """The numbers that a text may mean: with their country code, and without one."""

    whole: frozenset[str]
    bare: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """`+91…` includes its country code, other digits may or may not. A `+` that arrived
        unencoded, as a space, is restored. Nothing is meant by a text without digits."""
        digits = read_digits(text)
        if not digits:
            return cls(frozenset(), frozenset())
        is_international = text.startswith((" ", "+", "＋"))
        whole = {digits, digits.removeprefix("00")}
        for candidate in tuple(whole):
            if number := _parse(f"+{candidate}"):
                whole.add(f"{number.country_code}{number.national}")
        bare = set() if is_international else {digits, digits.removeprefix("0")}
        return cls(frozenset(whole), frozenset(bare - {""}))

    def __bool__(self) -> bool:
        return bool(self.whole)
