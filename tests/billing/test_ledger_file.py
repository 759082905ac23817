"""The ledger as a file."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Partner
from billing.models import LedgerEntry
from config.pages import csv as csv_export
from config.pages import streaming
from config.pages.csv import csv_lines
from tests.billing.pages import charge
from tests.factories import PartnerFactory, bucket
from tests.users import browser_of, create_user

FILE = "/dashboard/points/ledger.csv"


def table(response: Any) -> list[dict[str, str]]:
    return list(
        csv.DictReader(b"".join(response.streaming_content).decode("utf-8-sig").splitlines())
    )


def test_the_file_has_every_entry_that_the_filters_leave(owner: Client, partner: Partner) -> None:
    one = bucket(partner, 150_050)
    charge(one, 3_000, datetime(2026, 3, 1, 19, 0, 5, tzinfo=UTC))

    newest = LedgerEntry.objects.filter(bucket=one).in_order()[2_999]

    response = owner.get(FILE)

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="ledger-')
    rows = table(response)
    assert len(rows) == 3_001
    assert (rows[0]["movement"], rows[0]["points"]) == ("credit", "1500.5")
    assert rows[1] == {
        "time_utc": "2026-03-01T19:00:05Z",
        "time_local": "2026-03-01 19:00:05",
        "movement": "charge",
        # The operations are not there.
        "action": "",
        "mode": "",
        "key": "",
        "points": "-7.25",
        "balance": "0",
        "bucket": one.pk,
        "package": "Grant",
        "tier": "starter",
        "operation": newest.operation_id,
    }
    assert [row["balance"] for row in rows[:3]] == ["1500.5", "0", "7.25"]
    assert len(table(owner.get(f"{FILE}?kind=credit"))) == 1
    assert table(owner.get(f"{FILE}?kind=credit"))[0]["balance"] == ""
    assert table(owner.get(f"{FILE}?until=2020-01-01")) == []


def test_the_file_is_read_in_chunks_that_keep_no_transaction(
    live_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "_CHUNK", 2)
    monkeypatch.setattr(csv_export, "_PIECE", 1)
    partner = PartnerFactory.create()
    reader = browser_of(create_user(partner))
    for _ in range(5):
        bucket(partner, 100)

    pieces = iter(cast("Any", reader.get(FILE)).streaming_content)
    next(pieces)

    # While the reader takes the first chunk no connection is held, and what is credited meanwhile
    # is newer than what is still to come.
    assert connection.connection is None
    bucket(partner, 999)
    assert b"".join(pieces).count(b"credit") == 4


def test_no_cell_of_the_file_is_a_formula() -> None:
    cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "plain", -7, 'a "quoted", cell']

    text = "".join(csv_lines(["name"], [cells]))

    assert text.startswith("\ufeffname\r\n"), "Excel takes it for UTF-8 by the first character"
    assert list(csv.reader(text.splitlines()))[1] == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@SUM(A1)",
        "'\t=1",
        "'＝1",
        "plain",
        "-7",
        'a "quoted", cell',
    ]
