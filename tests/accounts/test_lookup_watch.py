"""Staff's log names partners that look accounts up and create none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.jobs import watch_account_lookups
from tests.accounts.request_logs import add
from tests.factories import Keys, partner_with_keys
from tests.merchants import PartnerServer

LOOKUP: dict[str, Any] = {"path": "/api/v2/third-party/isAccountCreated", "method": "GET"}


def test_many_lookups_with_few_accounts_are_a_warning(
    keys: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    asking, busy, earlier = keys, partner_with_keys(name="Busy"), partner_with_keys(name="Earlier")
    add(asking, 500, **LOOKUP)
    add(busy, 500, **LOOKUP)
    for number in range(25):
        PartnerServer(busy.management).create(number)
    add(earlier, 499, **LOOKUP)
    add(earlier, 500, ago=timedelta(hours=2), **LOOKUP)

    watch_account_lookups()

    [line] = [r for r in caplog.records if "many account lookups, few accounts" in r.getMessage()]
    assert asking.partner.pk in line.getMessage()
    assert "'lookups': 500" in line.getMessage()
