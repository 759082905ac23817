"""The time zone of a company: its days, and the page that sets it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from accounts.models import AuditEntry, DailyCalls, Partner
from accounts.request_log.writer import writer
from billing.models import DailyUsage
from imaging.services.statistics import read_usage
from tests.billing.operations import start, succeed
from tests.clocks import moved_clocks
from tests.factories import Keys, bucket, partner_with_keys
from tests.users import browser_of, create_user

ZONE = "/dashboard/company/zone/"
#: 1 December on the clocks of India.
LATE = datetime(2030, 11, 30, 19, tzinfo=UTC)


def test_a_new_company_has_indias_zone(db: None) -> None:
    assert Partner.objects.create(name="Nova").time_zone == "Asia/Kolkata"


def test_everything_counts_the_days_of_the_company(live_db: None, get: Any) -> None:
    keys = partner_with_keys()
    Partner.objects.update(time_zone="Asia/Kolkata")
    bucket(keys.partner, 10_000)
    with moved_clocks(LATE):
        succeed(start(keys), "fast")
        month = read_usage(keys.partner.pk).month
    with time_machine.travel(LATE):
        assert get("/partner/v1/image/usage", keys.live).status_code == 200
        writer.flush()

    december = date(2030, 12, 1)
    assert set(DailyUsage.objects.values_list("day", flat=True)) == {december}
    assert set(DailyCalls.objects.values_list("day", flat=True)) == {december}
    assert month == "2030-12"


def test_admins_choose_the_zone_and_members_see_its_times(keys: Keys) -> None:
    owner = browser_of(create_user(keys.partner, "admin"))
    owner.post(ZONE, {"time_zone": "Asia/Singapore"})
    keys.partner.refresh_from_db()
    assert keys.partner.time_zone == "Asia/Singapore"
    assert AuditEntry.objects.get(action="partner.zone_changed").detail == {
        "before": "UTC",
        "after": "Asia/Singapore",
    }
    log = browser_of(create_user(keys.partner, "viewer")).get("/dashboard/")
    assert "Singapore" in log.content.decode()


@pytest.mark.parametrize("zone", ["", "Mars", "Asia/Kolkata\x00"])
def test_unknown_zones_are_refused(keys: Keys, zone: str) -> None:
    owner = browser_of(create_user(keys.partner, "owner"))
    assert owner.post(ZONE, {"time_zone": zone}).context["form"].errors
    keys.partner.refresh_from_db()
    assert keys.partner.time_zone == "UTC"
