"""Finders of purchases, invoices, returned payments and buckets."""

from __future__ import annotations

from collections.abc import Iterable

from billing.gateways import known_gateways
from billing.models import (
    BankTransfer,
    Invoice,
    LedgerEntry,
    PaymentReturn,
    PointBucket,
    Purchase,
    Statement,
)
from billing.money import rupees
from config.admin.finders import ID, Hit, finder, first_hits

#: IDs of gateways, and what banks call a transfer: "pay_QkzX…", "UTR 4021 8830".
_GATEWAY_ID = r"(?=.*\d)[\w./ -]{6,64}"


@finder(kind="purchase", form=r"SQ-?[0-9A-Z]{8}", permission="billing.view_purchase")
def purchase_by_reference(term: str) -> Iterable[Hit]:
    reference = f"SQ-{term[-8:].upper()}"
    return _purchases(reference=reference)


@finder(kind="purchase", form=ID, permission="billing.view_purchase")
def purchase_by_id(term: str) -> Iterable[Hit]:
    return _purchases(pk=term.lower())


@finder(
    kind="purchase by payment ID or bank reference",
    form=_GATEWAY_ID,
    permission="billing.view_purchase",
)
def purchase_by_payment(term: str) -> Iterable[Hit]:
    return _purchases(gateway__in=list(known_gateways()), payment_id=term)


@finder(kind="purchase by payment link", form=_GATEWAY_ID, permission="billing.view_purchase")
def purchase_by_link(term: str) -> Iterable[Hit]:
    return _purchases(gateway__in=list(known_gateways()), gateway_order_id=term)


@finder(kind="bank transfer", form=_GATEWAY_ID, permission="billing.view_banktransfer")
def transfer_by_reference(term: str) -> Iterable[Hit]:
    transfers = BankTransfer.objects.of_live().filter(reference=term.upper())
    return first_hits(
        transfers.select_related("partner"),
        lambda row: f"{rupees(row.amount_paise)}, {row.get_state_display()}, {row.partner}",
    )


@finder(kind="refund or dispute", form=_GATEWAY_ID, permission="billing.view_paymentreturn")
def return_by_gateway_id(term: str) -> Iterable[Hit]:
    returns = PaymentReturn.objects.of_live().filter(gateway_id=term).select_related("partner")
    return first_hits(returns, lambda row: f"{row.get_kind_display()}, {row.partner}")


@finder(kind="invoice", form=r".{1,12}/\d{1,9}", permission="billing.view_invoice")
def invoice_by_number(term: str) -> Iterable[Hit]:
    series, _, number = term.rpartition("/")
    return _invoices(series=series.upper(), number=int(number))


@finder(kind="invoice", form=ID, permission="billing.view_invoice")
def invoice_by_id(term: str) -> Iterable[Hit]:
    return _invoices(pk=term.lower())


@finder(kind="bucket", form=ID, permission="billing.view_pointbucket")
def bucket_by_id(term: str) -> Iterable[Hit]:
    buckets = PointBucket.objects.of_live().filter(pk=term.lower()).select_related("partner")
    return first_hits(buckets, lambda bucket: bucket.partner)


@finder(kind="ledger entry", form=ID, permission="billing.view_ledgerentry")
def entry_by_id(term: str) -> Iterable[Hit]:
    entries = LedgerEntry.objects.of_live().filter(pk=term.lower()).select_related("partner")
    return first_hits(entries, lambda entry: entry.partner)


@finder(kind="statement", form=ID, permission="billing.view_statement")
def statement_by_id(term: str) -> Iterable[Hit]:
    statements = Statement.objects.of_live().filter(pk=term.lower()).select_related("partner")
    return first_hits(statements, lambda statement: statement.partner)


def _purchases(**wanted: object) -> list[Hit]:
    purchases = Purchase.objects.of_live().filter(**wanted).select_related("partner")
    return first_hits(
        purchases, lambda row: f"{row.package_name}, {row.get_state_display()}, {row.partner}"
    )


def _invoices(**wanted: object) -> list[Hit]:
    invoices = Invoice.objects.of_live().filter(**wanted).select_related("partner")
    return first_hits(invoices, lambda row: f"{row.get_kind_display()}, {row.partner}")
