"""Shares of a purchase that go back with a part of its payment. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from billing.money import Tax, round_half_up


def share_of_points(points: int, paise: int, total_paise: int) -> int:
    """Return the hundredths of a point that `paise` of the total paid for.

    Rounded down to a hundredth, and always computed over all that went back together: many small
    refunds take no more than one large refund, and the whole payment takes all points.
    """
    return points * paise // total_paise


@dataclass(frozen=True, slots=True)
class Amounts:
    """The amounts of an invoice or of its credit notes, in paise."""

    net: int
    tax: Tax

    @property
    def total(self) -> int:
        return self.net + self.tax.total


def split_credit(invoice: Amounts, credited: Amounts, total_paise: int) -> Amounts:
    """Split the next credit note of `total_paise` as the invoice is split into net and taxes.

    Taxes are rounded over all notes together, so that the notes of a whole invoice add up to it.
    """
    reached = credited.total + total_paise
    half = round_half_up(invoice.tax.cgst * reached, invoice.total) - credited.tax.cgst
    igst = round_half_up(invoice.tax.igst * reached, invoice.total) - credited.tax.igst
    half, igst = min(half, total_paise // 2), min(igst, total_paise)
    return Amounts(total_paise - 2 * half - igst, Tax(half, half, igst))
