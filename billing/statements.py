"""The content of a monthly statement, and the entries behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from accounts.chains import AUDIT
from accounts.models import Partner
from billing.chains import LEDGER
from billing.models import Invoice, LedgerEntry, Purchase
from config.chain.canonical import format_time
from config.chain.chains import Chain
from config.chain.models import state_of
from config.db.statements import release_connection


def read_statement(
    *, partner: Partner, since: datetime, until: datetime, opening: int
) -> dict[str, Any]:
    """Return the movements of a month and the states of the hash chains around them.

    Only whole numbers, texts and null, so that their canonical form is beyond doubt. Entries are
    added up by day and kind; credits are listed one by one.
    """
    credits = _read_credits(partner.pk, since, until)
    days = _read_days(partner.pk, since, until)
    return {
        "format": 1,
        "issuer": settings.SELLER_NAME,
        "partner": {"id": partner.pk, "name": partner.name},
        "month": f"{since:%Y-%m}",
        "from": format_time(since),
        "until": format_time(until),
        "unit": "hundredths of a point",
        "opening": opening,
        "credits": credits,
        "days": days,
        "closing": opening + sum(row["points"] for row in [*credits, *days]),
        "chains": {
            chain.name: _read_chain(chain, partner.pk, since, until) for chain in (LEDGER, AUDIT)
        },
    }


def entry_lines(partner_id: str, since: datetime, until: datetime) -> Iterator[str]:
    """Yield the canonical form of each ledger entry, a line each, in the order of the chain.

    It holds neither a transaction nor a pooled connection while a slow client reads.
    """
    digests = LEDGER.digests(partner_id).filter(until__gt=since, until__lte=until)
    for end in list(digests.order_by("number").values_list("until", flat=True)):
        entries = LEDGER.read(partner_id, since=since, until=end)
        release_connection()
        yield "".join(f"{text}\n" for _, _, text in entries)
        since = end
    release_connection()


def _read_credits(partner_id: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
    entries = _entries(partner_id, since, until).filter(kind=LedgerEntry.Kind.CREDIT)
    entries = entries.select_related("bucket").in_order()
    buckets = [entry.bucket_id for entry in entries]
    references = dict(
        Purchase.objects.of(partner_id)
        .filter(bucket__in=buckets)
        .values_list("bucket_id", "reference")
    )
    invoices = {
        invoice.reference: invoice.full_number
        for invoice in Invoice.objects.of(partner_id).filter(
            kind=Invoice.Kind.INVOICE, purchase__bucket__in=buckets
        )
    }
    return [
        {
            "date": f"{entry.created_at:%Y-%m-%d}",
            "points": entry.points,
            "package": entry.bucket.package_code,
            "tier": entry.bucket.tier_id,
            "reference": references.get(entry.bucket_id),
            "invoice": invoices.get(references.get(entry.bucket_id, "")),
        }
        for entry in entries
    ]


def _read_days(partner_id: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
    entries = _entries(partner_id, since, until).exclude(kind=LedgerEntry.Kind.CREDIT)
    days = entries.annotate(day=TruncDate("created_at")).order_by("day", "kind")
    return [
        {"date": day.isoformat(), "kind": kind, "points": points, "entries": count}
        for day, kind, points, count in days.values_list("day", "kind").annotate(
            Sum("points"), Count("pk")
        )
    ]


def _entries(partner_id: str, since: datetime, until: datetime) -> Any:
    entries = LedgerEntry.objects.of(partner_id)
    return entries.filter(created_at__gte=since, created_at__lt=until)


def _read_chain(chain: Chain, partner_id: str, since: datetime, until: datetime) -> dict[str, Any]:
    """Return the states at both ends and the number of entries between: digests end with months."""
    digests = chain.digests(partner_id)
    before = digests.filter(until__lte=since).last_before()
    last = digests.filter(until__lte=until).last_before()
    return {
        "before": state_of(before).hex(),
        "after": state_of(last).hex(),
        "entries": (last.total if last else 0) - (before.total if before else 0),
    }
