"""Statements of the months since the first points."""

from __future__ import annotations

from django.utils import timezone

from billing.models import LedgerEntry, Statement
from billing.services import issue_statement
from config.chain.chains import registered_chains
from config.chain.writing import extend_chain, next_month
from tests.seed.side import Side


def add_statements(side: Side) -> None:
    now = timezone.now()
    for chain in registered_chains():
        while extend_chain(chain=chain, partner_id=side.partner.pk, horizon=now):
            pass
    first = LedgerEntry.objects.of(side.partner.pk).in_order()[0].created_at
    month = first.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while next_month(month) <= now:
        assert issue_statement(partner_id=side.partner.pk, month=month.date())
        month = next_month(month)
    newest = Statement.objects.of(side.partner.pk).newest()
    assert newest
    side.rows["statement"] = newest.pk
