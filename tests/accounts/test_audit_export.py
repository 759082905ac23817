"""The export of the audit trail as a file."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.services.audit import record_audit
from tests.factories import PartnerFactory
from tests.users import browser_of, create_user

AUDIT, EXPORT = "/dashboard/audit/", "/dashboard/audit.csv"


def test_invalid_export_filters_redirect_to_the_page_with_the_error(db: None) -> None:
    owner = browser_of(create_user(PartnerFactory.create()))

    response = owner.get(f"{EXPORT}?since=x", follow=True)

    assert response.redirect_chain == [(f"{AUDIT}?since=x", 302)]
    assert b"is not applied." in response.content


def test_times_are_in_utc_and_in_the_companys_zone(db: None) -> None:
    partner = PartnerFactory.create(time_zone="Asia/Kolkata")
    record_audit(partner=partner, actor="test", action="key.revoked", target="old")
    response: Any = browser_of(create_user(partner)).get(EXPORT)

    (row,) = csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig")))

    local = datetime.fromisoformat(f"{row['time_local']}Z")
    assert local - datetime.fromisoformat(row["time_utc"]) == timedelta(hours=5, minutes=30)


def test_a_slow_download_of_the_export_holds_no_connection(
    live_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.views.audit._CHUNK", 2)
    monkeypatch.setattr("config.pages.csv._PIECE", 1)
    partner = PartnerFactory.create()
    for _ in range(5):
        record_audit(partner=partner, actor="test", action="key.revoked", target="slow")
    reader = browser_of(create_user(partner))
    response: Any = reader.get(EXPORT)
    pieces = iter(response.streaming_content)
    next(pieces)

    assert connection.connection is None
    record_audit(partner=partner, actor="test", action="key.revoked", target="slow")
    assert b"".join(pieces).count(b"slow") == 4
