"""Personal data is masked for staff; each opening needs a reason, which the partner reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Member, User
from accounts.services.personal_data import TooManyOpenings, record_opening
from billing.models import BillingProfile
from tests.billing.purchases import bill_to
from tests.concurrency import overlap
from tests.factories import PartnerFactory
from tests.staff import member, staff_with, superuser
from tests.users import browser_of

PERMISSION = "accounts.open_personal_data"


@pytest.fixture
def row(db: None) -> Member:
    user = member(PartnerFactory.create(name="Nova"), "priya@nova.test")
    return Member.objects.get(user=user)


def address(row: Any) -> str:
    options = row._meta
    return f"/admin/{options.app_label}/{options.model_name}/{row.pk}/open/"


def test_lists_and_pages_mask_what_an_opening_shows(row: Member) -> None:
    staff = staff_with("accounts.view_member", "accounts.view_partner", PERMISSION)
    for page in ("/admin/accounts/member/", f"/admin/accounts/member/{row.pk}/change/"):
        text = staff.get(page).text
        assert "p…@nova.test" in text
        assert "priya@nova.test" not in text
    assert address(row) in text
    assert "priya@nova.test" not in staff.get(address(row)).text

    shown = staff.post(address(row), {"reason": "Asked by phone"})

    assert "priya@nova.test" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    entry = AuditEntry.objects.get(action="personal_data.opened")
    assert (entry.partner_id, entry.actor, entry.target) == (
        row.partner_id,
        "staff@shopiq.test",
        row.pk,
    )
    trail = browser_of(row.user).get("/dashboard/audit/").text
    assert "Opened personal data" in trail
    assert "Asked by phone" in trail


def test_without_a_reason_or_the_permission_nothing_is_shown(row: Member) -> None:
    assert "priya@nova.test" not in superuser().post(address(row), {"reason": " "}).text
    assert staff_with("accounts.view_member").post(address(row), {"reason": "x"}).status_code == 403
    assert not AuditEntry.objects.filter(action="personal_data.opened").exists()


def test_the_day_has_a_limit(row: Member, settings: Any) -> None:
    settings.PERSONAL_DATA_PER_DAY = 2
    staff = superuser("asha@shopiq.test")
    opening = {"partner": row.partner, "action": "personal_data.opened"}
    AuditEntry.objects.create(**opening, actor="ravi@shopiq.test")
    AuditEntry.objects.create(**{**opening, "action": "key.revoked"}, actor="asha@shopiq.test")
    yesterday = timezone.now() - timedelta(hours=25)
    AuditEntry.objects.create(**opening, actor="asha@shopiq.test", at=yesterday)
    pages = [staff.post(address(row), {"reason": "x"}).text for _ in range(3)]

    assert ["priya@nova.test" in page for page in pages] == [True, True, False]
    assert "You have opened personal data 2 times" in pages[2]


def test_two_openings_at_once_do_not_pass_the_limit(live_db: None, settings: Any) -> None:
    settings.PERSONAL_DATA_PER_DAY = 1
    partner, staff = PartnerFactory.create(), User.objects.create_user("s@shopiq.test", None)

    def open_once() -> None:
        record_opening(partner=partner, staff=staff, kind="x", target="", reason="x")

    assert overlap(open_once, open_once) is TooManyOpenings


def test_billing_details_are_opened_too(db: None) -> None:
    partner = PartnerFactory.create()
    bill_to(partner, legal_name="Nandi Stores", address="1 MG Road", state_code="29")
    profile = BillingProfile.objects.get(partner=partner)
    staff = superuser()
    page = staff.get(f"/admin/billing/billingprofile/{profile.pk}/change/").text
    assert "MG Road" not in page
    assert "Nandi" not in page
    assert "1 MG Road" in staff.post(address(profile), {"reason": "Wrong invoice"}).text


def test_the_form_of_a_member_masks_and_keeps_what_is_left_empty(row: Member) -> None:
    User.objects.filter(pk=row.user_id).update(name="Priya Shah")
    address, staff = f"/admin/accounts/user/{row.user_id}/", superuser()
    for page in ("change/", "password/", "history/"):
        text = staff.get(address + page).text
        assert "priya@nova.test" not in text, page
        assert "Shah" not in text, page
    form = {"email": "", "name": "", "is_active": "on"}
    assert "priya@nova.test" not in staff.post(f"{address}change/", form, follow=True).text
    row.user.refresh_from_db()
    assert (row.user.email, row.user.name) == ("priya@nova.test", "Priya Shah")

    staff.post(f"{address}change/", {**form, "email": "New@nova.test"})

    row.user.refresh_from_db()
    assert (row.user.email, row.user.name) == ("new@nova.test", "Priya Shah")
    entry = AuditEntry.objects.of(row.partner_id).get(action="login.email_set_by_staff")
    assert entry.detail["before"] == "priya@nova.test"
