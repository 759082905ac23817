"""Staff are held to stricter rules than members."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Partner, User
from billing.models import PointBucket
from billing.services import Operator, grant_by_operator
from billing.services.ledger import GrantTooLarge
from tests.factories import PartnerFactory
from tests.staff import staff_with, superuser
from tests.users import browser_of, create_user

pytestmark = pytest.mark.django_db

PARTNERS = "/admin/accounts/partner/"
GRANT = "/admin/billing/pointbucket/grant/"
PASSWORD = "correct horse battery"


def deactivate(browser: Client, partner: Partner) -> Any:
    form = {
        "action": "deactivate",
        "_selected_action": [partner.pk],
        "confirmed": "yes",
        "reason": "Fraud",
    }
    return browser.post(PARTNERS, form)


def root(*, fresh: bool) -> Client:
    user = create_user(None, email="root@shopiq.test", password=PASSWORD)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    user.refresh_from_db()
    return browser_of(user, fresh=fresh)


def test_a_change_needs_a_recent_sign_in_and_continues_after_the_password() -> None:
    partner, browser = PartnerFactory.create(), root(fresh=False)
    assert browser.get(PARTNERS, {"q": partner.name}).status_code == 200

    response = deactivate(browser, partner)
    assert response.headers["Location"].startswith("/reauthenticate/")
    assert Partner.objects.get().is_active

    browser.post(response.headers["Location"], {"password": PASSWORD}, follow=True)
    assert not Partner.objects.get().is_active


def test_no_page_of_the_admin_changes_anything_for_an_old_sign_in() -> None:
    partner, browser = PartnerFactory.create(), root(fresh=False)
    for page in (
        GRANT,
        f"{PARTNERS}{partner.pk}/change/",
        "/admin/accounts/user/add/",
        "/admin/integrations/integration/add/",
        "/admin/billing/package/",
    ):
        response = browser.post(page, {})
        assert response.headers["Location"].startswith("/reauthenticate/"), page


def test_a_recent_sign_in_is_enough() -> None:
    partner = PartnerFactory.create()
    deactivate(root(fresh=True), partner)
    assert not Partner.objects.get().is_active


@pytest.mark.parametrize(
    ("pauses", "is_in"),
    [
        ([29], True),
        ([31], False),
        ([25] * 28, True),
        ([25] * 29, False),
    ],
    ids=["used", "idle", "nearly twelve hours", "more than twelve hours"],
)
def test_a_session_of_staff_ends_when_idle_and_after_twelve_hours(
    pauses: list[int], is_in: bool
) -> None:
    browser, now = superuser(), timezone.now()
    assert browser.get(PARTNERS).status_code == 200
    for minutes in pauses:
        now += timedelta(minutes=minutes)
        with time_machine.travel(now, tick=False):
            response = browser.get(PARTNERS)
    if is_in:
        assert response.status_code == 200
    else:
        assert response.headers["Location"] == f"/login/?{urlencode({'next': PARTNERS}, safe='/')}"


def test_a_session_of_a_member_lasts_longer() -> None:
    browser = browser_of(create_user(PartnerFactory.create()))
    browser.get("/dashboard/")
    with time_machine.travel(timezone.now() + timedelta(hours=13), tick=False):
        assert browser.get("/dashboard/").status_code == 200


@pytest.mark.parametrize("points", ["1000000.01", "90000000"])
def test_a_grant_has_a_ceiling(points: str) -> None:
    partner, browser = PartnerFactory.create(), superuser()
    form = browser.get(GRANT).context["form"]
    values = {"partner": partner.pk, "tier": "starter", "points": points, "reason": "Goodwill"}
    response = browser.post(GRANT, {**values, "once": form["once"].value()})
    assert "Grant at most 10,00,000 points at a time." in response.content.decode()
    tier = form.fields["tier"].queryset.get(pk="starter")
    given: dict[str, Any] = {
        "partner": partner,
        "tier": tier,
        "operator": Operator("t"),
        "note": "",
    }
    with pytest.raises(GrantTooLarge, match="At most 10,00,000 points can be granted"):
        grant_by_operator(**given, points=100_000_001)
    assert not PointBucket.objects.exists()
    assert grant_by_operator(**given, points=100_000_000).remaining == 100_000_000


def test_staff_change_their_password_where_members_do() -> None:
    for page in ("/admin/password_change/", "/admin/password_change/done/"):
        response = superuser(f"{len(page)}@shopiq.test").get(page)
        assert response.headers["Location"] == "/password/change/"


def test_only_superusers_read_the_mail_of_others() -> None:
    browser = staff_with("accounts.view_partner", "accounts.view_user")
    assert browser.get("/admin/mail/").status_code == 403
    assert browser.get("/admin/mail/20200101-000000-1.log").status_code == 403
    assert "/admin/mail/" not in browser.get("/admin/").content.decode()
    assert superuser().get("/admin/mail/").status_code == 200
