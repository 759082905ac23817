"""GSTR-1, the monthly return of outward supplies: which document belongs in which section.

The sections are tables of the return: 4 (B2B), 5 (B2CL), 6A (exports), 7 (B2CS), 9B (credit notes),
12 (summary by SAC) and 13 (documents issued).
"""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q

from billing.gst import ABROAD, STATES, day_bounds
from billing.models import Invoice

BuyerKind = Invoice.BuyerKind
#: An invoice to an unregistered buyer in another state is listed by itself above this total:
#: ₹2.5 lakh, since 1 August 2024 ₹1 lakh (notification 12/2024 – Central Tax).
_LARGE = ((date(2017, 7, 1), 25_000_000), (date(2024, 8, 1), 10_000_000))

IS_INVOICE = Q(kind=Invoice.Kind.INVOICE)
IS_NOTE = Q(kind=Invoice.Kind.CREDIT_NOTE)
TO_REGISTERED = Q(buyer_kind__in=(BuyerKind.REGISTERED, BuyerKind.SEZ))
TO_UNREGISTERED = Q(buyer_kind=BuyerKind.UNREGISTERED)
ABROAD_ONLY = Q(buyer_kind=BuyerKind.ABROAD)


def _is_large(prefix: str = "") -> Q:
    """Match documents of large supplies to other states; a credit note by its invoice."""
    starts = [day_bounds(day, day)[0] for day, _ in _LARGE]
    spans = []
    for (_, limit), since, until in zip(_LARGE, starts, [*starts[1:], None], strict=True):
        span = Q(**{f"{prefix}issued_at__gte": since, f"{prefix}total_paise__gt": limit})
        spans.append(span & Q(**{f"{prefix}issued_at__lt": until}) if until else span)
    return Q(**{f"{prefix}igst_paise__gt": 0}) & reduce(or_, spans)


B2B = IS_INVOICE & TO_REGISTERED
B2CL = IS_INVOICE & TO_UNREGISTERED & _is_large()
EXPORTS = IS_INVOICE & ABROAD_ONLY
CDNR = IS_NOTE & TO_REGISTERED
_LARGE_NOTES = IS_NOTE & TO_UNREGISTERED & _is_large("corrects__")
CDNUR = IS_NOTE & ABROAD_ONLY | _LARGE_NOTES
#: The rest: small supplies to the unregistered, from which their credit notes are subtracted.
B2CS = TO_UNREGISTERED & (IS_INVOICE & ~_is_large() | IS_NOTE & ~_is_large("corrects__"))

#: Every document is in one of these, and in no other.
SECTIONS = {
    "B2B": B2B,
    "B2CL": B2CL,
    "Exports": EXPORTS,
    "B2CS": B2CS,
    "CDNR": CDNR,
    "CDNUR": CDNUR,
}


def place_of(code: str) -> str:
    """Format the place of supply as the offline tool lists it: "29-Karnataka"."""
    if code == ABROAD:
        return "96-Foreign Country"
    return f"{code}-{STATES[code].replace(' and ', ' & ').replace('territory', 'Territory')}"


def on_day(day: date) -> str:
    """Format a date as the offline tool reads it: "01-Nov-2026"."""
    return f"{day:%d-%b-%Y}"
