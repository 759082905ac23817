"""Staff look at a partner's dashboard: read-only, masked, recorded, for half an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Partner, PartnerViewing, User
from accounts.services.viewings import record_page
from accounts.views import keys as key_views
from integrations.models import WebhookDelivery
from tests.accounts.sign_ins import actions, text
from tests.dashboard.pages import partner_pages, personal_pages
from tests.factories import Keys, PartnerFactory
from tests.merchants import EXAMPLE, PartnerServer
from tests.staff import in_group
from tests.users import create_user

pytestmark = pytest.mark.usefixtures("live_db")
STAFF = "asha@shopiq.test"
#: There is no default endpoint to remove, and keys cannot be created while looking.
MISSING = {"key-new-management", "webhook-default-remove"}
PAGES = [page for page in partner_pages() if page.route.startswith("/dashboard/")]
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def staff() -> Client:
    client = in_group("support", STAFF)
    TOTP.activate(User.objects.get(email=STAFF), TOTP_SECRET)
    return client


def look(staff: Client, partner: Partner, reason: str = "Ticket 7") -> Any:
    return staff.post(f"/admin/accounts/partner/{partner.pk}/view/", {"reason": reason})


def test_a_look_shows_the_dashboard_under_a_banner_and_is_in_the_partners_trail(
    keys: Keys, staff: Client
) -> None:
    before = dict(staff.session)
    assert look(staff, keys.partner).headers["Location"] == "/dashboard/"
    shown = text(staff.get("/dashboard/keys/?page=1"))
    assert keys.partner.name in shown
    assert f"{STAFF} is looking at" in shown
    assert "30 minutes left" in shown
    entries = AuditEntry.objects.of(keys.partner.pk).filter(actor=STAFF)
    [started, viewed] = entries.order_by("at")
    assert (started.action, started.detail) == ("partner.viewing_started", {"reason": "Ticket 7"})
    assert (viewed.actor, viewed.target) == (STAFF, "/dashboard/keys/")
    staff.get("/dashboard/keys/?page=1")  # as a page that refreshes itself
    assert actions(keys.partner.pk).count("partner.page_viewed") == 1
    assert dict(staff.session) == before

    viewing = PartnerViewing.objects.get()
    ended = staff.post("/viewing/end/", {"viewing": viewing.pk})
    assert ended.headers["Location"].endswith(f"/partner/{keys.partner.pk}/change/")
    assert keys.partner.name not in text(staff.get("/dashboard/keys/"))
    assert staff.get("/admin/").status_code == 200
    assert actions(keys.partner.pk)[-1] == "partner.viewing_ended"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_server_refuses_every_change(keys: Keys, staff: Client, method: str) -> None:
    look(staff, keys.partner)
    for page in PAGES:
        response = staff.generic(method, page.path_of(dict.fromkeys(page.parameters, "0" * 24)))
        assert response.status_code in (403, 404), page.name
        assert "read-only" in text(response) or response.status_code == 404, page.name


def test_the_staff_members_own_login_has_no_page_here(keys: Keys, staff: Client) -> None:
    look(staff, keys.partner)
    for page in personal_pages():
        if page.route.startswith("/dashboard/"):
            assert staff.get(page.route).status_code == 403


def test_every_page_without_a_row_can_be_looked_at(keys: Keys, staff: Client) -> None:
    look(staff, keys.partner)
    for page in PAGES:
        if page.parameters or page.is_only_sent_to or hasattr(page.view, "is_limited_export"):
            continue
        response = staff.get(page.route)
        assert response.status_code == 200 or page.name in MISSING, page.name
        is_page = response.status_code == 200 and "html" in response.headers["Content-Type"]
        assert not is_page or "is looking at" in text(response), page.name


def test_files_are_refused(keys: Keys, staff: Client) -> None:
    look(staff, keys.partner)
    for page in PAGES:
        if page.route.endswith((".csv", ".pdf", ".json", ".jsonl")) and not page.parameters:
            assert staff.get(page.route).status_code == 403, page.name


def test_the_database_refuses_what_a_page_would_write(
    keys: Keys, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(staff, keys.partner)
    monkeypatch.setattr(
        key_views, "_chart_calls", lambda partner, _: Partner.objects.update(name="Changed")
    )
    assert "would change something" in text(staff.get("/dashboard/keys/"))
    assert Partner.objects.get().name == keys.partner.name


def test_personal_data_and_secrets_are_masked(
    keys: Keys, server: PartnerServer, staff: Client
) -> None:
    account = server.post("createAccount", EXAMPLE).json()["accountId"]
    server.post(
        "createAndDeploy",
        {
            "accountId": account,
            "brandName": "Nova",
            "businessCategory": ["Footwear"],
            "webhookUrl": "http://127.0.0.1:9/hook",
            "webhookSecret": "whsec_hidden",
        },
    )
    delivery = WebhookDelivery.objects.get()
    look(staff, keys.partner)
    pages = [
        "/dashboard/accounts/",
        f"/dashboard/accounts/{account}/",
        f"/dashboard/webhooks/{delivery.pk}/",
        f"/dashboard/webhooks/signatures/?delivery={delivery.pk}",
        "/dashboard/billing/settings/",
        "/dashboard/deployments/",
    ]
    for path in pages:
        response = staff.get(path)
        assert response.status_code in (200, 404), path
        for private in ("sarah@novaretail", "9876543210", "Mitchell", "42 Commerce", "whsec_"):
            assert private not in text(response), (path, private)
    assert "Masked" in text(staff.get(pages[1]))


def test_a_look_ends_after_half_an_hour(keys: Keys, staff: Client) -> None:
    look(staff, keys.partner)
    past = timezone.now() - timedelta(seconds=1)
    PartnerViewing.objects.update(ends_at=past)
    response = staff.get("/dashboard/keys/")
    assert response.status_code == 403
    assert "no longer look at" in text(response)
    assert "API keys" not in text(response)


def test_what_is_recorded_of_a_long_address_is_cut(keys: Keys, staff: Client) -> None:
    look(staff, keys.partner)
    record_page(viewing=PartnerViewing.objects.get(), path="/" + "p" * 120, query="q" * 501)
    entry = AuditEntry.objects.get(action="partner.page_viewed")
    assert (len(entry.target), len(entry.detail["query"])) == (120, 500)
    assert len(PartnerViewing.objects.get().last_page) == 500


@pytest.mark.parametrize("loss", ["group", "second factor", "staff"])
def test_who_loses_the_permission_or_the_second_factor_sees_no_more(
    keys: Keys, staff: Client, loss: str
) -> None:
    look(staff, keys.partner)
    user = User.objects.get(email=STAFF)
    if loss == "group":
        user.groups.clear()
    elif loss == "staff":
        User.objects.filter(pk=user.pk).update(is_staff=False)
    else:
        Authenticator.objects.filter(user=user).delete()
    assert staff.get("/dashboard/keys/").status_code == 403


def test_a_look_needs_a_reason_the_permission_and_two_factor_authentication(
    keys: Keys, staff: Client
) -> None:
    assert "errorlist" in text(look(staff, keys.partner, reason=" "))
    assert look(in_group("finance"), keys.partner).status_code == 403
    look(in_group("operations", "plain@shopiq.test"), keys.partner)
    assert not PartnerViewing.objects.exists()


def test_the_cookie_is_of_no_use_to_others(keys: Keys, staff: Client) -> None:
    look(staff, keys.partner)
    cookie = staff.cookies["partner_viewing"]
    assert (cookie["path"], cookie["samesite"], bool(cookie["httponly"])) == (
        "/dashboard/",
        "Strict",
        True,
    )
    other = PartnerFactory.create(name="Stranger")
    client = Client()
    client.force_login(create_user(other))
    client.cookies["partner_viewing"] = cookie.value
    shown = text(client.get("/dashboard/"))
    assert "Stranger" in shown
    assert keys.partner.name not in shown
