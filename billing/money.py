"""Money: integers of paise internally, rupees for display. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from config.grouping import group_digits

#: Paise in one rupee.
SCALE = 100

_GROUPS = ((10**7, "Crore"), (10**5, "Lakh"), (1000, "Thousand"), (100, "Hundred"))
_SMALL = (  # noqa: SIM905 - on three lines instead of twenty
    "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen"
    " Sixteen Seventeen Eighteen Nineteen"
).split(" ")
_TENS = "- Ten Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety".split(" ")  # noqa: SIM905 - as above


def rupees(paise: int) -> str:
    """Format with Indian grouping: 12345600 → "₹1,23,456.00"."""
    whole, rest = divmod(abs(paise), SCALE)
    sign = "-" if paise < 0 else ""
    return f"{sign}₹{group_digits(whole)}.{rest:02d}"


@dataclass(frozen=True, slots=True)
class Tax:
    """Goods and services tax in paise: either CGST and SGST, or IGST."""

    cgst: int = 0
    sgst: int = 0
    igst: int = 0

    @property
    def total(self) -> int:
        return self.cgst + self.sgst + self.igst


def split_tax(net_paise: int, *, percent: int, within_state: bool) -> Tax:
    """Compute the tax on a net amount, each part rounded half up to a paisa.

    Within the seller's state the centre and the state take half of the rate each, and each half is
    rounded by itself, so that both are always equal; otherwise one integrated tax is due.
    """
    if within_state:
        half = round_half_up(net_paise * percent, 200)
        return Tax(cgst=half, sgst=half)
    return Tax(igst=round_half_up(net_paise * percent, 100))


def round_half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def in_words(paise: int) -> str:
    """Write an amount as Indian documents do: 12345650 → "Rupees One Lakh Twenty-Three Thousand
    Four Hundred Fifty-Six and Fifty Paise Only"."""
    whole, rest = divmod(paise, SCALE)
    parts = [f"Rupees {_number_in_words(whole)}"] if whole or not rest else []
    if rest:
        parts.append(f"{_number_in_words(rest)} {'Paisa' if rest == 1 else 'Paise'}")
    return f"{' and '.join(parts)} Only"


def _number_in_words(number: int) -> str:
    for size, name in _GROUPS:
        if number >= size:
            count, rest = divmod(number, size)
            words = f"{_number_in_words(count)} {name}"
            return f"{words} {_number_in_words(rest)}" if rest else words
    if number < len(_SMALL):
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{_SMALL[ones]}" if ones else _TENS[tens]
