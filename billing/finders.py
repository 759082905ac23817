"""Finders of purchases and invoices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import dateformat
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from billing.models import Invoice, Purchase
from billing.money import rupees
from config.pages.finders import ID, MOST, Hit, finder


@finder(kind=gettext_lazy("Purchases"), icon="billing", form=ID, permission=Permission.BUY)
def purchases_by_id(request: Any, term: str) -> Iterable[Hit]:
    return _purchases(request, pk=term.lower())


@finder(
    kind=gettext_lazy("Purchases"),
    icon="billing",
    form=r"SQ-?[0-9A-Z]{1,8}",
    permission=Permission.BUY,
)
def purchases_by_reference(request: Any, term: str) -> Iterable[Hit]:
    beginning = f"SQ-{term.upper().removeprefix('SQ').removeprefix('-')}"
    return _purchases(request, reference__startswith=beginning)


@finder(
    kind=gettext_lazy("Invoices"),
    icon="billing",
    form=r".{1,12}/\d{1,9}",
    permission=Permission.BUY,
)
def invoices_by_number(request: Any, term: str) -> Iterable[Hit]:
    series, _, number = term.rpartition("/")
    return _invoices(request, series=series.upper(), number=int(number))


@finder(kind=gettext_lazy("Invoices"), icon="billing", form=r"\d{1,9}", permission=Permission.BUY)
def invoices_by_last_part(request: Any, term: str) -> Iterable[Hit]:
    return _invoices(request, number=int(term))


def _purchases(request: Any, **wanted: object) -> list[Hit]:
    rows = Purchase.objects.of(request.partner.pk).filter(**wanted).order_by("-created_at")
    return [
        Hit(
            f"{row.reference} · {row.package_name}",
            reverse("purchase", args=[row.pk]),
            f"{rupees(row.total_paise)}, {row.get_state_display().lower()}",
        )
        for row in rows[:MOST]
    ]


def _invoices(request: Any, **wanted: object) -> list[Hit]:
    """An invoice is shown on the page of its purchase."""
    rows = Invoice.objects.of(request.partner.pk).filter(**wanted).select_related("purchase")
    return [
        Hit(
            str(row),
            reverse("purchase", args=[row.purchase_id]),
            f"{row.get_kind_display()}, {dateformat.format(row.issued_at, 'j M Y')}",
        )
        for row in rows.order_by("-number")[:MOST]
    ]
