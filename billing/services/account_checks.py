"""Checks what the ledger's entries do not say by themselves: debts and issued statements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection

from accounts.models import Partner
from billing.chains import LEDGER
from billing.models import Statement
from billing.statements import read_statement
from config.chain.signatures import UnknownKey, is_signed
from config.chain.verification import Fault
from config.chain.writing import next_month

# What went back of a purchase was taken from a bucket or is owed, unless it was written off; a
# settled debt was taken too.
_DEBTS = """
    SELECT partner_id, sum(owed), sum(due - taken) FROM (
        SELECT partner_id, owed, taken, 0 AS due FROM billing_pointbucket
        WHERE owed > 0 OR taken > 0
        UNION ALL
        SELECT partner_id, 0, 0, returned_points FROM billing_purchase WHERE returned_points > 0
        UNION ALL
        SELECT partner_id, 0, 0, -points FROM billing_approval
        WHERE kind = 'write_off' AND carried_out_at IS NOT NULL
    ) parts GROUP BY partner_id HAVING sum(owed) <> sum(due - taken) ORDER BY partner_id
"""
#: What a statement must still say when it is computed again. Names may have changed.
_LASTING = ("opening", "closing", "chains")


def check_debts() -> list[Fault]:
    """Compare each partner's debt with what its refunds took; in one statement, as of one time."""
    with connection.cursor() as cursor:
        cursor.execute(_DEBTS)
        return [_debt_fault(*row) for row in cursor.fetchall()]


def check_statements() -> Iterator[Fault]:
    """Compare each issued statement with the ledger and the chains as they are now."""
    partners = Statement.objects.of_all().order_by("partner_id")
    for partner_id in list(partners.values_list("partner_id", flat=True).distinct()):
        partner = Partner.objects.get(pk=partner_id)
        before: Statement | None = None
        for statement in Statement.objects.of(partner_id).order_by("month"):
            if problem := _find_problem(partner, before, statement):
                yield Fault(LEDGER.name, partner_id, 0, "", f"statement of {statement} {problem}")
                break
            before = statement


def _debt_fault(partner_id: str, owed: int, due: int) -> Fault:
    problem = f"debt is {owed} hundredths of a point, but its refunds leave {due}"
    return Fault(LEDGER.name, partner_id, 0, "", problem)


def _find_problem(partner: Partner, before: Statement | None, statement: Statement) -> str:
    if not _is_signed(statement):
        return "is not signed with one of SIGNING_KEYS"
    since = _start(statement)
    if before and next_month(_start(before)) != since:
        return "does not follow the one before"
    opening = before.closing if before else 0
    now = read_statement(partner=partner, since=since, until=next_month(since), opening=opening)
    is_same = all(statement.facts[name] == now[name] for name in _LASTING)
    return "" if is_same and statement.closing == now["closing"] else "differs from the ledger"


def _start(statement: Statement) -> datetime:
    return datetime(statement.month.year, statement.month.month, 1, tzinfo=UTC)


def _is_signed(statement: Statement) -> bool:
    content, signature = statement.content.encode(), bytes(statement.signature)
    try:
        return is_signed(content, statement.key_version, signature)
    except UnknownKey:
        return False
