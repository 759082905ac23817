"""Monthly statements: their figures, their signatures, and what a partner can check offline."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from billing.documents import render_statement_pdf
from billing.models import LedgerCheck, LedgerEntry, PointBucket, Statement
from billing.services import check_ledger, issue_statement, issue_statements, statements
from config.chain import writing
from config.chain.writing import next_month
from tests.billing.chains import extend, without_triggers
from tests.billing.operations import refund, start, succeed
from tests.billing.purchases import buy, settle
from tests.billing.test_invoices import text_of
from tests.factories import Keys, bucket, partner_with_keys
from tests.users import browser_of, create_user

ROOT = Path(__file__).resolve().parents[2]
THIS_MONTH = (
    timezone.now().astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
)
#: In the middle of the month before, and of the one before that.
LAST = THIS_MONTH - timedelta(days=15)
EARLIER = LAST.replace(day=1) - timedelta(days=15)


@pytest.fixture(autouse=True)
def _no_delay(live_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CLOCK_TOLERANCE", timedelta(0))


def move(entries: Any, at: datetime) -> None:
    """Set the time of entries, a second apart and in the same order."""
    with without_triggers() as cursor:
        for number, entry in enumerate(entries.order_by("created_at", "id")):
            cursor.execute(
                "UPDATE billing_ledgerentry SET created_at = %s WHERE id = %s",
                [at + timedelta(seconds=number), entry.pk],
            )


@pytest.fixture
def payer() -> Keys:
    """A purchase and a charge in the month before last, more in the last one and in this one."""
    keys = partner_with_keys(name="Nandi “₹” & Söhne")
    settle(buy(keys.partner), "pay_1")
    succeed(start(keys))
    move(LedgerEntry.objects.all(), EARLIER)
    bucket(keys.partner, 10_000)
    succeed(start(keys, mode="thinking"))
    refund(start(keys))
    move(LedgerEntry.objects.filter(created_at__gte=THIS_MONTH), LAST)
    succeed(start(keys))
    extend()
    return keys


def issue() -> list[Statement]:
    issue_statements(seconds=60)
    return list(Statement.objects.order_by("month"))


def test_statements_continue_each_other_and_add_up(payer: Keys) -> None:
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


def test_each_month_has_one_statement_that_never_changes(payer: Keys) -> None:
    before = [(each.pk, each.content) for each in issue()]
    assert [(each.pk, each.content) for each in issue()] == before
    assert [each.month.day for each in Statement.objects.all()] == [1, 1]


def test_a_month_that_another_process_has_issued_is_left_alone(payer: Keys) -> None:
    first, _ = issue()

    assert not issue_statement(partner_id=payer.partner.id, month=first.month)


def test_no_statement_is_issued_before_its_entries_are_in_the_chain(payer: Keys) -> None:
    bucket(payer.partner, 100)
    move(LedgerEntry.objects.filter(points=100), LAST + timedelta(days=1))
    with without_triggers() as cursor:
        cursor.execute("DELETE FROM billing_ledgerdigest WHERE until > %s", [EARLIER])

    assert issue_statements(seconds=60) == 0
    assert issue() == []
    extend()
    assert issue_statements(seconds=60) == 2
    assert len(issue()) == 2


def test_no_statement_is_issued_while_the_ledger_is_not_proven(payer: Keys) -> None:
    check_ledger()
    LedgerCheck.objects.update(ok=False)

    assert issue() == []


Fetch = Callable[[str], Path]


@pytest.fixture
def fetch(payer: Keys, tmp_path: Path) -> Fetch:
    """Save a file of the last statement, or the public keys, as the owner gets them."""
    statement = issue()[-1]
    browser = browser_of(create_user(payer.partner, role="owner"))

    def save(kind: str) -> Path:
        path = f"/dashboard/points/statements/{statement.pk}.{kind}"
        response: Any = browser.get("/.well-known/signing-keys.json" if kind == "keys" else path)
        assert response.status_code == 200
        file = tmp_path / f"file.{kind}"
        file.write_bytes(b"".join(response) if response.streaming else response.content)
        return file

    return save


def run_script(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "docs/check_statement.py", *files],
        capture_output=True,
        text=True,
        check=False,
    )


def accepts(*files: Path) -> bool:
    done = run_script(*files)
    assert (done.returncode == 0) == ("The statement is genuine." in done.stdout)
    return done.returncode == 0


def test_the_script_of_the_documentation_checks_a_statement_offline(fetch: Fetch) -> None:
    code = (ROOT / "docs/check_statement.py").read_text().partition('"""\n\n')[2]
    assert len(code.splitlines()) <= 30
    keys, statement, entries = fetch("keys"), fetch("json"), fetch("jsonl")
    assert accepts(keys, statement)
    assert accepts(keys, statement, entries)
    assert accepts(keys, fetch("pdf"))

    lines = entries.read_text().splitlines(keepends=True)
    assert len(lines) == 5
    for changed in (
        lines[1:],
        lines[:-1],
        [lines[1], lines[0], *lines[2:]],
        [line.replace('"points":-1500', '"points":-1400') for line in lines],
    ):
        entries.write_text("".join(changed))
        assert not accepts(keys, statement, entries)


def test_the_script_rejects_a_changed_statement(fetch: Fetch) -> None:
    keys, statement, pdf = fetch("keys"), fetch("json"), fetch("pdf")
    text, drawn = statement.read_text(), pdf.read_bytes()
    assert '"points":10000' in text
    for old, new in (
        ('"points":10000', '"points":10001'),
        ('"points":-', '"points":-1'),
        ("Nandi", "N"),
    ):
        statement.write_text(text.replace(old, new, 1))
        assert "InvalidSignature" in run_script(keys, statement).stderr
    place = drawn.index(b"stream\n") + 60
    pdf.write_bytes(drawn[:place] + bytes([drawn[place] ^ 1]) + drawn[place + 1 :])
    assert not accepts(keys, pdf)

    statement.write_text(text)
    keys.write_text(re.sub(r'"x": "[^"]{8}', '"x": "AAAAAAAA', keys.read_text()))
    assert not accepts(keys, statement)


def test_the_files_are_always_the_same_bytes(fetch: Fetch, settings: Any) -> None:
    """Also after a new key has been added."""
    before = {kind: fetch(kind).read_bytes() for kind in ("json", "pdf", "jsonl")}
    settings.SIGNING_KEYS = [
        "2:c2lnbmluZy1mb3ItdGhlLWNoZWNrLW9ubHktMzItYnk=",
        *settings.SIGNING_KEYS,
    ]

    assert {kind: fetch(kind).read_bytes() for kind in before} == before
    assert json.loads(before["json"])["signature"]["kid"] == "1"
    assert [key["kid"] for key in json.loads(fetch("keys").read_bytes())["keys"]] == ["2", "1"]


def test_the_pdf_shows_the_figures(fetch: Fetch) -> None:
    text = text_of(fetch("pdf").read_bytes())

    for shown in ("Statement", f"{LAST:%B %Y}", "−23.00", "+15.00", "+100.00", "Opening balance"):
        assert shown in text


def test_a_statement_of_a_busy_month_has_several_pages(payer: Keys) -> None:
    statement = issue()[0]
    days = [
        {"date": f"2026-01-{day:02d}", "kind": kind, "points": -12_345_678, "entries": 1}
        for day in range(1, 32)
        for kind in ("charge", "reversal", "later_kind")
    ]
    statement.content = json.dumps({**statement.facts, "days": days})
    del statement.facts

    pdf = render_statement_pdf(statement)

    assert pdf.count(b"/Type /Page\n") > 2
    assert "−1,23,456.78" in text_of(pdf)


def test_members_who_may_buy_see_the_statements(payer: Keys) -> None:
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
        browser = browser_of(create_user(payer.partner, role=role))
        assert [browser.get(path).status_code for path in paths] == [status] * 4
    assert [stranger.get(path).status_code for path in paths] == [200, 404, 404, 404]
    assert "No statements yet" in stranger.get(paths[0]).content.decode()

    page = browser_of(create_user(payer.partner, role="owner")).get(paths[0]).content.decode()
    assert f"{LAST:%B %Y}" in page
    assert f"{EARLIER:%B %Y}" in page


def test_the_last_month_is_due_an_hour_after_its_end(payer: Keys) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements._DUE, [THIS_MONTH - timedelta(seconds=1)])
        assert cursor.fetchall() == [(payer.partner.pk, EARLIER.date().replace(day=1))]
        cursor.execute(statements._DUE, [EARLIER])
        assert cursor.fetchall() == []
    issue()
    with connection.cursor() as cursor:
        cursor.execute(statements._DUE, [next_month(THIS_MONTH) - timedelta(seconds=1)])
        assert cursor.fetchall() == []
        cursor.execute(statements._DUE, [next_month(THIS_MONTH)])
        assert cursor.fetchall() == [(payer.partner.pk, date.today().replace(day=1))]


CHANGES = {
    "is not signed": "UPDATE billing_statement SET content = replace(content, '800', '799')",
    "differs from": "UPDATE billing_statement SET closing = closing + 1 WHERE month = %s",
    "does not follow": "UPDATE billing_statement SET month = month + 40 WHERE month <> %s",
}


@pytest.mark.parametrize("problem", CHANGES)
def test_the_full_check_compares_issued_statements(payer: Keys, problem: str) -> None:
    first, _ = issue()
    assert check_ledger().ok

    with without_triggers() as cursor:
        statement = CHANGES[problem]
        cursor.execute(statement, [first.month] if "%s" in statement else None)

    [fault] = check_ledger().faults
    assert problem in str(fault)
    assert "statement of" in str(fault)


def test_a_statement_outlives_a_chain_that_was_written_anew(payer: Keys) -> None:
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
