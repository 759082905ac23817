"""Points are whole numbers of hundredths inside and JSON numbers outside. Pure functions."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation, Overflow

#: Hundredths in one point: the database keeps 7.25 as 725.
SCALE = 100


class InvalidPoints(ValueError):
    """The text is not an amount of points."""


def to_number(hundredths: int) -> int | float:
    """As the API writes it: `8`, `7.25`; never `8.0`."""
    whole, rest = divmod(hundredths, SCALE)
    # The nearest double of a two-digit decimal prints as that decimal, so nothing is lost here.
    return hundredths / SCALE if rest else whole


def to_text(hundredths: int) -> str:
    """For sentences: the same digits as `to_number`."""
    return f"{to_number(hundredths)}"


def parse_points(text: str) -> int:
    """Hundredths of a decimal such as "11" or "7.25"; raises `InvalidPoints`."""
    try:
        hundredths = Decimal(text) * SCALE
    except (InvalidOperation, Overflow):
        raise InvalidPoints(f"{text!r} is not a number of points") from None
    # The range first: as a whole number, 1e999999 alone would take a minute.
    if not (hundredths.is_finite() and 0 < hundredths <= 10**15):
        raise InvalidPoints(f"{text!r} is not a positive number of points in range")
    if hundredths != int(hundredths):
        raise InvalidPoints(f"{text!r} has more than two decimals")
    return int(hundredths)
