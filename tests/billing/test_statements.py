"""Monthly statements: their figures, and when they are issued."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from billing.models import LedgerCheck, LedgerEntry, PointBucket, Statement
from billing.services import (
    check_ledger,
    has_due_statements,
    issue_statement,
    issue_statements,
    statements,
)
from config.chain.writing import next_month
from tests.billing.chains import extend, without_triggers
from tests.billing.issued_statements import EARLIER, LAST, THIS_MONTH, issue, move
from tests.clocks import moved_clocks
from tests.factories import Keys, bucket, partner_with_keys
from tests.users import browser_of, create_user

pytestmark = pytest.mark.usefixtures("no_delay")


def test_statements_continue_each_other_and_add_up(billed: Keys) -> None:
    first, second = issue()
    purchase = PointBucket.objects.get(package="pack_5000")

    assert first.facts["opening"] == 0
    [credit] = first.facts["credits"]
    assert (credit["points"], credit["package"]) == (purchase.original, "pack_5000")
    assert credit["reference"].startswith("SQ")
    assert credit["invoice"].startswith("SQ/")
    [charge] = first.facts["days"]
    assert (charge["date"], charge["kind"], charge["points"], charge["entries"]) == (
        f"{EARLIER:%Y-%m-%d}",
        "charge",
        -800,
        1,
    )
    assert first.closing == first.facts["closing"] == purchase.original - 800

    assert second.facts["opening"] == first.closing
    assert [row["package"] for row in second.facts["credits"]] == ["grant"]
    sums = {row["kind"]: (row["points"], row["entries"]) for row in second.facts["days"]}
    assert sums == {"charge": (-2_300, 2), "reversal": (1_500, 2)}
    now = sum(PointBucket.objects.values_list("remaining", flat=True))
    assert second.closing == now + 800  # charged in this month
    for name in ("ledger", "audit"):
        chains = [statement.facts["chains"][name] for statement in (first, second)]
        assert chains[0]["after"] == chains[1]["before"]
    assert first.facts["chains"]["ledger"]["before"] == "0" * 64
    assert [s.facts["chains"]["ledger"]["entries"] for s in (first, second)] == [2, 5]


def test_each_month_has_one_statement_that_never_changes(billed: Keys) -> None:
    before = [(each.pk, each.content) for each in issue()]
    assert [(each.pk, each.content) for each in issue()] == before
    assert [each.month.day for each in Statement.objects.all()] == [1, 1]


def test_a_month_that_another_process_has_issued_is_left_alone(billed: Keys) -> None:
    first, _ = issue()

    assert not issue_statement(partner_id=billed.partner.id, month=first.month)


def test_no_statement_is_issued_before_its_entries_are_in_the_chain(billed: Keys) -> None:
    bucket(billed.partner, 100)
    move(LedgerEntry.objects.filter(points=100), LAST + timedelta(days=1))
    with without_triggers() as cursor:
        cursor.execute("DELETE FROM billing_ledgerdigest WHERE until > %s", [EARLIER])

    assert issue_statements(seconds=60) == 0
    assert issue() == []
    assert has_due_statements()
    extend()
    assert issue_statements(seconds=-1) == 1  # one at a time, however late it is
    assert issue_statements(seconds=60) == 1
    assert len(issue()) == 2
    assert not has_due_statements()


def test_no_statement_is_issued_while_the_ledger_is_not_proven(billed: Keys) -> None:
    check_ledger()
    LedgerCheck.objects.update(ok=False)

    assert issue() == []


def test_members_who_may_buy_see_the_statements(billed: Keys) -> None:
    statement = issue()[-1]
    paths = [
        "/dashboard/points/statements/",
        *(
            f"/dashboard/points/statements/{statement.pk}.{kind}"
            for kind in ("pdf", "json", "jsonl")
        ),
    ]
    stranger = browser_of(create_user(partner_with_keys().partner, role="owner"))
    for role, status in {"owner": 200, "admin": 200, "developer": 403, "viewer": 403}.items():
        browser = browser_of(create_user(billed.partner, role=role))
        assert [browser.get(path).status_code for path in paths] == [status] * 4
    assert [stranger.get(path).status_code for path in paths] == [200, 404, 404, 404]
    assert "No statements yet" in stranger.get(paths[0]).content.decode()

    page = browser_of(create_user(billed.partner, role="owner")).get(paths[0]).content.decode()
    assert f"{LAST:%B %Y}" in page
    assert f"{EARLIER:%B %Y}" in page


def test_the_last_month_is_due_an_hour_after_its_end(billed: Keys) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements._DUE, [THIS_MONTH - timedelta(seconds=1)])
        assert cursor.fetchall() == [(billed.partner.pk, EARLIER.date().replace(day=1))]
        cursor.execute(statements._DUE, [EARLIER])
        assert cursor.fetchall() == []
    issue()
    with connection.cursor() as cursor:
        cursor.execute(statements._DUE, [next_month(THIS_MONTH) - timedelta(seconds=1)])
        assert cursor.fetchall() == []
        cursor.execute(statements._DUE, [next_month(THIS_MONTH)])
        assert cursor.fetchall() == [(billed.partner.pk, date.today().replace(day=1))]


def test_the_delay_is_of_one_hour(billed: Keys) -> None:
    issue()
    end = next_month(THIS_MONTH)
    due = []
    for minutes in (59, 61):
        with moved_clocks(end + timedelta(minutes=minutes)):
            due.append(has_due_statements())
    assert due == [False, True]


CHANGES = {
    "with one of SIGNING_KEYS": "UPDATE billing_statement SET key_version = 999",
    "is not signed": "UPDATE billing_statement SET content = replace(content, '800', '799')",
    "differs from": "UPDATE billing_statement SET closing = closing + 1 WHERE month <> %s",
    "does not follow": "UPDATE billing_statement SET month = month + 40 WHERE month <> %s",
}


@pytest.mark.parametrize("problem", CHANGES)
def test_the_full_check_compares_issued_statements(billed: Keys, problem: str) -> None:
    first, _ = issue()
    with without_triggers() as cursor:  # so that it is the last row of the table
        cursor.execute("UPDATE billing_statement SET month = month WHERE month = %s", [first.month])
    assert check_ledger().ok

    with without_triggers() as cursor:
        statement = CHANGES[problem]
        cursor.execute(statement, [first.month] if "%s" in statement else None)

    [fault] = check_ledger().faults
    assert problem in str(fault)
    assert ": statement of" in str(fault)
    assert (fault.digest, fault.entry) == (0, "")


def test_a_statement_outlives_a_chain_that_was_written_anew(billed: Keys) -> None:
    """Entry, digests and checkpoints changed together leave only what was kept elsewhere."""
    issue()
    tables = ("billing_ledgerdigest", "billing_ledgercheckpoint")
    with without_triggers() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("UPDATE billing_ledgerentry SET created_at = created_at + '1 second'")
    extend()

    [fault] = check_ledger().faults
    assert "differs from the ledger" in str(fault)
