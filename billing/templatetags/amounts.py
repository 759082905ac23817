"""Template filters for money and movements of points."""

from __future__ import annotations

from django import template

from billing import gst, money
from billing.models import LedgerEntry
from billing.points import format_points

register = template.Library()

_KIND_BADGES = {
    LedgerEntry.Kind.CREDIT: "badge-good",
    LedgerEntry.Kind.REVERSAL: "badge-accent",
    LedgerEntry.Kind.REFUND: "badge-warn",
    LedgerEntry.Kind.DEBT: "badge-warn",
}


@register.filter
def rupees(paise: int) -> str:
    """Format money: 12345600 → "₹1,23,456.00"."""
    return money.rupees(paise)


@register.filter
def short_rupees(paise: int) -> str:
    """Format money without zero paise: 500000 → "₹5,000"."""
    return money.rupees(paise).removesuffix(".00")


@register.filter
def kind_badge(kind: str) -> str:
    """Return the class of the badge of a ledger entry's kind, "" for a charge."""
    return _KIND_BADGES.get(LedgerEntry.Kind(kind), "")


@register.filter
def half(percent: int) -> str:
    """Return half of a tax rate: 18 → "9", 5 → "2.5"."""
    return f"{percent / 2:g}"


@register.filter
def state_tax(place_of_supply: str) -> str:
    return gst.state_tax(place_of_supply)


@register.filter
def column_points(hundredths: int) -> str:
    """Format points for an aligned column: 1400 → "14.00"."""
    return format_points(hundredths, decimals=True)


@register.filter
def signed_points(hundredths: int) -> str:
    """Format a movement for a column, with a minus sign: -725 → "−7.25"."""
    sign = "−" if hundredths < 0 else "+"
    return f"{sign}{column_points(abs(hundredths))}"
