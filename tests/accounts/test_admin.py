"""Partners, keys and users in the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, AuditEntry, Partner, RequestLog, User
from accounts.services.audit import record_audit
from accounts.services.keys import revoke_key
from accounts.services.rolling import roll_key
from config.db.ids import new_id
from config.db.owned import PLATFORM_ID
from tests.factories import PartnerFactory, allow_network, partner_with_keys
from tests.staff import business, member, staff_with, superuser
from tests.users import create_user

pytestmark = pytest.mark.django_db

KEYS = "/admin/accounts/apikey/"
PARTNERS = "/admin/accounts/partner/"


def act(staff: Any, page: Any, action: Any, *rows: Any, **more: Any) -> Any:
    chosen = [row.pk for row in rows]
    return staff.post(page, {"action": action, "_selected_action": chosen, **more})


def test_a_key_page_shows_neither_the_secret_nor_its_hash() -> None:
    made = partner_with_keys()
    key = made.key("live")
    allow_network(key, "10.0.0.0/8")
    page = superuser().get(f"{KEYS}{key.pk}/change/").content.decode()
    assert key.last_four in page
    assert "10.0.0.0/8" in page
    assert made.live not in page
    assert bytes(key.secret_hash).hex() not in page
    assert "secret" not in page.lower()


def test_staff_see_the_states_of_keys_that_members_see() -> None:
    made = partner_with_keys()
    roll_key(key=made.key("live"), overlap=timedelta(hours=1), actor="t")
    ApiKey.objects.filter(pk=made.key("test").pk).update(
        expires_at=timezone.now() + timedelta(days=1)
    )
    revoke_key(key=made.key("management"), actor="t")
    staff = superuser()
    for page in (KEYS, f"{PARTNERS}{made.partner.pk}/change/"):
        shown = staff.get(page).content.decode()
        for key in made.partner.api_keys.all():
            assert key.last_four in shown
        for state in ("Active", "Rolled", "Expiring", "Revoked"):
            assert f">{state}<" in shown, (page, state)


def test_the_list_of_keys_takes_as_many_queries_for_one_key_as_for_four(
    django_assert_num_queries: Any,
) -> None:
    staff, made = superuser(), partner_with_keys()
    with CaptureQueriesContext(connection) as few:
        staff.get(KEYS)
    for name in ("live", "test", "management"):
        roll_key(key=made.key(name), overlap=timedelta(hours=1), actor="t")
    with django_assert_num_queries(len(few)):
        staff.get(KEYS)


def test_revoking_requires_confirmation() -> None:
    staff, key = superuser(), partner_with_keys().key("live")
    response = act(staff, KEYS, "revoke", key)
    assert "Revoke these keys?" in response.content.decode()
    key.refresh_from_db()
    assert key.revoked_at is None


def test_a_confirmed_revocation_revokes_the_key_and_records_the_actor() -> None:
    staff, made = superuser("asha@shopiq.test"), partner_with_keys()
    act(staff, KEYS, "revoke", made.key("live"), confirmed="yes")
    assert made.key("live").revoked_at is not None
    assert made.key("test").revoked_at is None
    entry = AuditEntry.objects.get(action="key.revoked")
    assert (entry.actor, entry.target) == ("asha@shopiq.test", made.key("live").id)


def test_staff_with_view_permission_cannot_revoke_keys() -> None:
    staff, made = staff_with("accounts.view_apikey"), partner_with_keys()
    act(staff, KEYS, "revoke", made.key("live"), confirmed="yes")
    assert made.key("live").revoked_at is None


def test_a_confirmed_deactivation_deactivates_the_partner_and_records_the_actor() -> None:
    staff, partner, other = (
        superuser("asha@shopiq.test"),
        PartnerFactory.create(),
        PartnerFactory.create(),
    )
    act(staff, PARTNERS, "deactivate", partner)
    assert Partner.objects.filter(is_active=True).count() == 2
    act(staff, PARTNERS, "deactivate", partner, confirmed="yes", reason="Fraud")
    assert list(Partner.objects.filter(is_active=True)) == [other]
    assert list(Partner.objects.filter(deactivated_at__isnull=False)) == [partner]
    assert AuditEntry.objects.get(action="partner.deactivated").actor == "asha@shopiq.test"


def test_a_confirmed_reactivation_reactivates_the_partner_and_records_the_actor() -> None:
    staff, partner = superuser("asha@shopiq.test"), PartnerFactory.create(is_active=False)
    act(staff, PARTNERS, "reactivate", partner)
    assert not Partner.objects.get().is_active
    act(staff, PARTNERS, "reactivate", partner, confirmed="yes", reason="Settled")
    assert Partner.objects.get().is_active
    assert AuditEntry.objects.get(action="partner.reactivated").actor == "asha@shopiq.test"


def test_staff_change_the_limits_of_partners_and_an_empty_field_keeps_one() -> None:
    staff = superuser()
    partner = PartnerFactory.create(requests_per_minute=60, requests_per_day=900)
    assert (
        "Leave empty to keep it." in act(staff, PARTNERS, "change_limits", partner).content.decode()
    )
    form = {"confirmed": "yes", "requests_per_minute": "7", "requests_per_day": ""}
    act(staff, PARTNERS, "change_limits", partner, **form)
    partner.refresh_from_db()
    assert (partner.requests_per_minute, partner.requests_per_day) == (7, 900)
    detail = AuditEntry.objects.get(action="partner.limits_changed").detail
    assert detail == {"before": {"requests_per_minute": 60}, "after": {"requests_per_minute": 7}}


@pytest.mark.parametrize("limit", ["0", "-1", "a", "2147483648"])
def test_an_invalid_limit_is_shown_again_with_its_error(limit: str) -> None:
    staff, partner = superuser(), PartnerFactory.create(requests_per_minute=60)
    form = {"confirmed": "yes", "requests_per_minute": limit}
    page = act(staff, PARTNERS, "change_limits", partner, **form)
    assert "errorlist" in page.content.decode()
    partner.refresh_from_db()
    assert partner.requests_per_minute == 60


def test_a_partner_page_shows_members_and_keys_and_links_to_its_rows() -> None:
    partner = business()
    member(partner, "priya@partner.test")
    page = superuser().get(f"{PARTNERS}{partner.pk}/change/").content.decode()
    assert "p…@partner.test" in page
    assert all(key.last_four in page for key in partner.api_keys.all())
    assert f"{reverse('admin:billing_purchase_changelist')}?partner={partner.pk}" in page


def test_a_list_can_be_filtered_by_partner() -> None:
    ours, theirs = business(), business()
    page = superuser().get(f"/admin/accounts/requestlog/?partner={ours.pk}").content.decode()
    assert ours.name in page
    assert theirs.name not in page


def test_calls_without_a_key_and_what_the_platform_did_are_listed() -> None:
    business()
    line = RequestLog.objects.get()
    line.pk, line.partner_id, line.key, line.path = new_id(), PLATFORM_ID, None, "/api/unknown"
    line.save(force_insert=True)
    record_audit(partner=None, actor="ops@shopiq.test", action="price.changed")
    staff = superuser()

    for model, text in (("requestlog", "/api/unknown"), ("auditentry", "Scheduled a price")):
        page = staff.get(f"/admin/accounts/{model}/").content.decode()
        assert text in page
    assert staff.get(f"/admin/accounts/requestlog/{line.pk}/change/").status_code == 200


@pytest.mark.parametrize(
    ("chosen", "shown"), [("2", {200}), ("4", {402, 429}), ("5", {503}), ("402", {402})]
)
def test_the_request_log_is_filtered_by_status(chosen: str, shown: set[int]) -> None:
    staff = superuser()
    business()
    line = RequestLog.objects.get()
    for status in (402, 429, 503):
        line.pk, line.status = new_id(), status
        line.save(force_insert=True)
    rows = staff.get(f"/admin/accounts/requestlog/?status={chosen}").context["cl"].queryset
    assert {row.status for row in rows} == shown


def test_a_new_user_signs_in_by_the_email_in_lower_case() -> None:
    password = "correct horse battery"
    form = {"email": "New@ShopIQ.test", "password1": password, "password2": password}
    response = superuser().post("/admin/accounts/user/add/", form)
    assert response.status_code == 302
    assert User.objects.get(email="new@shopiq.test").check_password(password)


def test_an_email_taken_in_another_case_is_a_form_error() -> None:
    User.objects.create_user("taken@shopiq.test", None)
    form = {"email": "Taken@shopiq.test", "password1": "x" * 13, "password2": "x" * 13}
    response = superuser().post("/admin/accounts/user/add/", form)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["email"]


def test_staff_cannot_grant_themselves_permissions() -> None:
    staff = staff_with("accounts.change_user", "accounts.view_user")
    user = User.objects.get(email="staff@shopiq.test")
    form = {"email": user.email, "name": "Me", "is_active": "on", "is_superuser": "on"}
    assert staff.post(f"/admin/accounts/user/{user.pk}/change/", form).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.is_superuser) == ("Me", False)


@pytest.mark.parametrize("page", ["change/", "password/"])
def test_staff_cannot_edit_a_superuser(page: str) -> None:
    superuser()
    root = User.objects.get(is_superuser=True)
    staff = staff_with("accounts.change_user", "accounts.view_user")
    response = staff.post(f"/admin/accounts/user/{root.pk}/{page}", {"email": "mine@shopiq.test"})
    assert response.status_code == 403


def test_users_can_be_deactivated_but_not_deleted() -> None:
    staff = superuser()
    user = User.objects.get()
    assert staff.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403


def test_members_of_a_partner_cannot_open_the_admin(client: Client) -> None:
    client.force_login(member(PartnerFactory.create()))
    assert client.get("/admin/").status_code == 302


def test_an_address_set_by_staff_is_the_only_one_and_unverified() -> None:
    user = create_user(None, email="old@nova.test")
    assert EmailAddress.objects.filter(email="old@nova.test", verified=True).exists()
    staff, page = superuser(), f"/admin/accounts/user/{user.pk}/change/"

    form = {"email": " New@nova.test", "name": "Olga", "is_active": "on"}
    assert staff.post(page, form).status_code == 302

    user.refresh_from_db()
    assert user.email == "new@nova.test"
    assert not EmailAddress.objects.filter(user=user, verified=True).exists()
