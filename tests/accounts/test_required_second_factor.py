"""Partners that require a second factor."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
)
from django.urls import get_resolver

from accounts.models import AuditEntry, Partner, User
from tests.accounts.authenticator_apps import SECRET
from tests.accounts.sign_ins import text
from tests.users import browser_of

pytestmark = pytest.mark.django_db


def test_an_owner_with_a_second_factor_can_require_it(priya: User, partner: Partner) -> None:
    browser = browser_of(priya)
    response = browser.post("/dashboard/team/second-factor/", {"required": "yes"})
    assert "Set up two-factor authentication for yourself first" in text(response)
    TOTP.activate(priya, SECRET)
    browser.post("/dashboard/team/second-factor/", {"required": "yes"})
    partner.refresh_from_db()
    assert partner.requires_second_factor
    browser.post("/dashboard/team/second-factor/", {"required": "no"})
    partner.refresh_from_db()
    assert not partner.requires_second_factor
    actions = AuditEntry.objects.order_by("at").values_list("action", flat=True)
    assert list(actions) == ["partner.second_factor_required", "partner.second_factor_optional"]


def dashboard_paths() -> Any:
    """Every address of the dashboard that needs no id."""
    for route in get_resolver().url_patterns:
        if str(route.pattern) == "dashboard/":
            for page in getattr(route, "url_patterns", []):
                path = str(page.pattern)
                if not re.search(r"[<(]", path):
                    yield f"/dashboard/{path}"


def test_a_member_without_a_required_second_factor_can_only_set_it_up(
    priya: User, partner: Partner
) -> None:
    partner.requires_second_factor = True
    partner.save()
    browser = browser_of(priya)
    own = {path for path in dashboard_paths() if path.startswith("/dashboard/security/")}
    own |= {"/dashboard/company/choose/", "/dashboard/company/new/"}
    paths = set(dashboard_paths()) - own
    assert "/dashboard/team/" in paths
    for path in paths:
        responses = [browser.get(path), browser.post(path)]
        shut = [
            response.status_code == 405 or response.headers["Location"] == "/2fa/"
            for response in responses
        ]
        assert shut == [True, True], path
    setup = text(browser.get("/2fa/"))
    assert "Nova Retail requires two-factor authentication" in setup


def test_the_dashboard_is_available_after_setting_it_up(protected: User, partner: Partner) -> None:
    partner.requires_second_factor = True
    partner.save()
    browser = browser_of(protected)
    assert browser.get("/dashboard/team/").status_code == 200
    assert "Continue to the dashboard" in text(browser.get("/2fa/"))
