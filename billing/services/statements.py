"""Issues monthly statements: the movements of a partner's points, signed."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from accounts.chains import AUDIT
from accounts.models import Partner
from billing.chains import LEDGER
from billing.ledger_state import read_ledger_state
from billing.models import Statement
from billing.statements import read_statement
from config.chain.canonical import canonical_json
from config.chain.signatures import sign
from config.chain.writing import next_month
from config.db.clock import database_now

#: After the end of the month, so that its last entries are in the chain.
_DELAY = timedelta(hours=1)
# The month after the last statement, or that of the first entry.
_DUE = """
    SELECT p.id, next.month FROM accounts_partner p
    CROSS JOIN LATERAL (SELECT coalesce(
        (SELECT (month + interval '1 month')::date FROM billing_statement
         WHERE partner_id = p.id ORDER BY month DESC LIMIT 1),
        (SELECT date_trunc('month', created_at AT TIME ZONE 'UTC')::date FROM billing_ledgerentry
         WHERE partner_id = p.id ORDER BY created_at LIMIT 1)) AS month) next
    WHERE (next.month + interval '1 month') AT TIME ZONE 'UTC' <= %s
    ORDER BY p.id
"""


def issue_statements(*, seconds: float) -> int:
    """Issue the statements that are due, as many as `seconds` allow; return their number.

    None is issued while the ledger is not proven.
    """
    deadline = time.monotonic() + seconds
    issued = 0
    while not read_ledger_state().problem:
        before = issued
        for partner_id, month in _find_due():
            issued += issue_statement(partner_id=partner_id, month=month)
            if time.monotonic() > deadline:
                return issued
        if issued == before:
            break
    return issued


def issue_statement(*, partner_id: str, month: date) -> bool:
    """Issue the statement that follows the partner's last one.

    Return False if entries of the month are not in the chain yet, or if it exists already.
    """
    since = datetime(month.year, month.month, 1, tzinfo=UTC)
    until = next_month(since)
    if any(chain.has_new_entries(partner_id, before=until) for chain in (LEDGER, AUDIT)):
        return False
    last = Statement.objects.of(partner_id).newest()
    facts = read_statement(
        partner=Partner.objects.get(pk=partner_id),
        since=since,
        until=until,
        opening=last.closing if last else 0,
    )
    statement = Statement(partner_id=partner_id, month=month, closing=facts["closing"])
    statement.content = canonical_json(facts)
    statement.key_version, statement.signature = sign(statement.content.encode())
    try:
        with transaction.atomic():
            statement.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def has_due_statements() -> bool:
    return bool(_find_due())


def _find_due() -> list[tuple[str, date]]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [database_now() - _DELAY])
        return list(cursor.fetchall())
