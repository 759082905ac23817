"""Money: integers of paise internally, rupees for display. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from config.grouping import group_digits

#: Paise in one rupee.
SCALE = 100


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
