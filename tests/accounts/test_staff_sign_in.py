"""Staff sign in to the admin, and help users to sign in."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client

from accounts.models import AuditEntry, User
from tests.accounts.sign_ins import PASSWORD, sign_in, text
from tests.staff import staff_with, superuser
from tests.users import browser_of

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_staff_need_a_second_factor_for_the_admin_if_required(
    settings: Any,
) -> None:
    settings.STAFF_REQUIRE_SECOND_FACTOR = True
    root = User.objects.create_superuser("root@shopiq.test", None)
    browser = browser_of(root)
    response = browser.get("/admin/accounts/partner/", follow=True)
    assert response.redirect_chain[-1] == ("/2fa/", 302)
    TOTP.activate(root, SECRET)
    assert browser.get("/admin/accounts/partner/").status_code == 200


def test_a_superuser_can_reset_second_factors(priya: User) -> None:
    TOTP.activate(priya, SECRET)
    form = {"action": "remove_second_factor", "_selected_action": [priya.pk]}
    confirmed = {**form, "confirmed": "yes", "reason": "Lost phone"}
    staff_with("accounts.change_user", "accounts.view_user").post(
        "/admin/accounts/user/", confirmed
    )
    assert Authenticator.objects.filter(user=priya).exists()
    root = superuser()
    assert "Remove two-factor authentication" in text(root.post("/admin/accounts/user/", form))
    root.post("/admin/accounts/user/", confirmed)
    assert "Overview" in text(sign_in(Client()))
    for entry in AuditEntry.objects.filter(action="login.second_factor_reset"):
        assert (entry.actor, entry.target) == ("root@shopiq.test", priya.email)


@pytest.mark.parametrize(
    "page", ["account/emailaddress/", "mfa/authenticator/", "usersessions/usersession/"]
)
def test_logins_cannot_be_edited_in_the_admin(page: str) -> None:
    assert superuser().get(f"/admin/{page}").status_code == 404


def test_the_admin_uses_the_dashboards_sign_in(priya: User) -> None:
    response = Client().get("/admin/accounts/partner/", follow=True)
    assert response.redirect_chain[-1] == ("/login/?next=%2Fadmin%2Faccounts%2Fpartner%2F", 302)
    User.objects.update(is_staff=True, is_superuser=True)
    response = Client().post(
        response.redirect_chain[-1][0], {"login": priya.email, "password": PASSWORD}
    )
    assert response.headers["Location"] == "/admin/accounts/partner/"


def test_members_cannot_open_the_admin(priya: User) -> None:
    response = browser_of(priya).get("/admin/", follow=True)
    assert response.status_code == 403


def test_the_sign_in_page_of_staff_says_what_it_opens() -> None:
    page = text(Client().get("/admin/", follow=True))
    assert "sign in to the back-office" in page
    assert "/signup/" not in page
    assert "back-office" not in text(Client().get("/login/", {"next": "/dashboard/"}))


def test_staff_who_open_the_dashboard_are_sent_to_the_back_office() -> None:
    page = text(staff_with().get("/dashboard/"))
    assert "You are signed in as ShopIQ staff" in page
    assert 'href="/admin/"' in page
    assert "yet" not in page
