"""Points: integers of hundredths internally, JSON numbers in the API. Pure functions."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import gettext

from config.grouping import group_digits

#: Hundredths in one point: the database keeps 7.25 as 725.
SCALE = 100
#: `Decimal` also reads 1e3, 1_000, NaN and the digits of other scripts.
PLAIN_NUMBER = re.compile(r"-?(?=[.0-9])[0-9]{0,30}(\.[0-9]{1,30})?\Z")


class InvalidPoints(ValueError):
    """The text is not a valid number of points."""


def to_number(hundredths: int) -> int | float:
    """Convert for the API: `8`, `7.25`; never `8.0`."""
    whole, rest = divmod(hundredths, SCALE)
    # Lossless: the nearest double of a two-digit decimal prints as that decimal.
    return hundredths / SCALE if rest else whole


def to_text(hundredths: int) -> str:
    """Format for sentences, with the same digits as `to_number`."""
    return f"{to_number(hundredths)}"


def format_points(hundredths: int, *, decimals: bool = False) -> str:
    """Format for pages: 10000025 → "1,00,000.25"; with `decimals` always two, for columns."""
    whole, rest = divmod(abs(hundredths), SCALE)
    sign = "-" if hundredths < 0 else ""
    text = f".{rest:02d}" if decimals else f".{rest:02d}".rstrip("0").rstrip(".")
    return f"{sign}{group_digits(whole)}{text}"


def parse_points(text: str) -> int:
    """Convert "11" or "7.25" to hundredths; raise `InvalidPoints`."""
    if not PLAIN_NUMBER.match(text):
        raise InvalidPoints(gettext("%(text)r is not a number of points") % {"text": text})
    hundredths = Decimal(text) * SCALE
    if not 0 < hundredths <= 10**15:
        raise InvalidPoints(
            gettext("%(text)r is not a positive number of points in range") % {"text": text}
        )
    if hundredths != int(hundredths):
        raise InvalidPoints(gettext("%(text)r has more than two decimals") % {"text": text})
    return int(hundredths)
