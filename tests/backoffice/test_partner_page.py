"""The page of a partner: what each app knows of it, by permission, in few queries."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, Partner, RateWindow, StaffInvitation, User
from accounts.services.audit import record_audit
from accounts.services.partners import set_limits
from billing.models import Purchase
from config.admin.finders import admin_address
from config.admin.masking import mask_email
from config.db.clock import database_now
from tests.daily import Some
from tests.plans import scans_without_index
from tests.seed import Side
from tests.seed.many import add_many
from tests.staff import staff_with, superuser

#: What every staff page needs, and a few for each section.
MOST = 45


def page_of(side: Side) -> str:
    return admin_address(Partner, side.partner.pk)


def sections_of(staff: Client, side: Side) -> list[str]:
    return [section.title for section in staff.get(page_of(side)).context["sections"]]


def test_the_page_costs_the_same_for_many_rows(side: Side) -> None:
    staff = superuser()
    staff.get(page_of(side))
    few = count_queries(staff, side)
    add_many(side)
    assert count_queries(staff, side) == few
    assert few <= MOST


def count_queries(staff: Client, side: Side) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert staff.get(page_of(side)).status_code == 200
    return len(captured)


def test_every_link_opens(side: Side, some: Some) -> None:
    staff = superuser()
    page = staff.get(page_of(side)).content.decode()
    links = set(re.findall(r'href="(/admin/[^"]*)"', page))
    assert len(links) > 50
    for link in some(sorted(links), 3):
        assert staff.get(link.replace("&amp;", "&")).status_code == 200, link


def test_it_shows_what_each_app_knows(side: Side) -> None:
    staff = superuser()
    page = staff.get(page_of(side)).content.decode()
    purchase = Purchase.objects.filter(partner=side.partner, bucket__isnull=False)[0]
    for text in (purchase.reference, side.keys["Staging"].masked, mask_email(side.owner.email)):
        assert text in page
    assert side.owner.email not in page
    for secret in side.secrets:
        assert secret not in page
    assert "Stranger Stores" not in page


def test_what_is_left_of_a_limit_is_counted_now(side: Side) -> None:
    key = side.keys["Staging"]
    now = database_now().timestamp()
    RateWindow.objects.update_or_create(
        subject=key.rate_subject,
        defaults={
            "partner": side.partner,
            "minute_at": [now - 70, now - 5],
            "minute_calls": [9, 4],
            "day_at": [now - 90_000, now - 70],
            "day_calls": [100, 13],
        },
    )
    type(key).objects.filter(pk=key.pk).update(requests_per_minute=10, requests_per_day=500)
    page = superuser().get(page_of(side)).content.decode()
    assert "6 / 10" in page
    assert "487 / 500" in page


def test_changes_by_staff_are_apart_from_those_of_members(side: Side) -> None:
    staff = superuser()
    set_limits(
        partner=side.partner,
        actor="root@shopiq.test",
        requests_per_minute=61,
        requests_per_day=9_000,
    )
    sections = staff.get(page_of(side)).context["sections"]
    html = next(each.html for each in sections if each.title == "Changes by staff")
    assert html.count("root@shopiq.test") == 1
    assert AuditEntry.objects.filter(partner=side.partner).count() > 1
    assert mask_email(side.owner.email) not in html


def test_sections_and_links_follow_permissions(side: Side) -> None:
    assert staff_with().get(page_of(side)).status_code == 403
    support = staff_with("accounts.view_partner", "accounts.view_member", email="a@shopiq.test")
    assert sections_of(support, side) == ["Details", "Members"]
    page = support.get(page_of(side)).content.decode()
    assert mask_email(side.owner.email) in page
    assert "/admin/accounts/account/" not in page
    finance = staff_with("accounts.view_partner", "billing.view_pointbucket", email="b@shopiq.test")
    assert sections_of(finance, side) == ["Details", "Balance"]
    assert "/admin/billing/purchase/" not in finance.get(page_of(side)).content.decode()


def test_the_page_changes_nothing(side: Side) -> None:
    staff = superuser()
    response: Any = staff.post(page_of(side), {"name": "Mallory"})
    assert response.status_code == 403
    assert staff.get(admin_address(Partner, "f" * 24)).status_code == 404


def test_changes_by_staff_are_found_among_any_number_of_entries(side: Side) -> None:
    left = User.objects.create_user("left@shopiq.test", None)
    StaffInvitation.objects.create(
        email=left.email,
        groups=[],
        token_hash=b"x" * 32,
        accepted_by=left,
        expires_at=timezone.now(),
        completed_at=timezone.now(),
    )
    record_audit(partner=side.partner, actor=left.email, action="partner.renamed")
    AuditEntry.objects.bulk_create(
        AuditEntry(partner=side.partner, actor=side.owner.email, action="key.edited")
        for _ in range(1_200)
    )
    with CaptureQueriesContext(connection) as captured:
        page = superuser().get(f"/admin/accounts/partner/{side.partner.pk}/change/")
    part = page.content.decode().partition('id="changes-by-staff"')[2]
    assert "left@shopiq.test" in part
    reads = [q["sql"] for q in captured if 'actor" IN' in q["sql"] and "audit" in q["sql"]]
    assert reads
    assert scans_without_index(reads) == []
