"""The only ways in which staff touch points and prices."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import AuditEntry
from billing.models import Approval, PointBucket
from config.db.ids import new_id
from tests.factories import PartnerFactory
from tests.staff import staff_with, superuser

pytestmark = pytest.mark.django_db

GRANT = "/admin/billing/pointbucket/grant/"


@pytest.fixture
def form() -> dict[str, str]:
    return {
        "partner": PartnerFactory.create().pk,
        "tier": "growth",
        "points": "7.25",
        "reason": "Goodwill for the outage",
        "once": new_id(),
    }


def test_a_grant_is_asked_for_under_the_email_of_who_asks(form: dict[str, str]) -> None:
    response = superuser("asha@shopiq.test").post(GRANT, form)
    asked = Approval.objects.get()
    assert response.headers["Location"] == f"/admin/billing/approval/{asked.pk}/change/"
    assert (asked.points, asked.tier_id, asked.reason) == (725, "growth", "Goodwill for the outage")
    entry = AuditEntry.objects.get(action="approval.requested")
    assert (entry.actor, entry.detail["partner_id"]) == ("asha@shopiq.test", form["partner"])
    assert not PointBucket.objects.exists()


def test_a_form_sent_twice_asks_once(form: dict[str, str]) -> None:
    staff = superuser()
    staff.post(GRANT, form)
    response = staff.post(GRANT, form, follow=True)
    assert "The request was made once." in response.content.decode()
    assert Approval.objects.count() == 1


def test_each_opened_form_may_ask(form: dict[str, str]) -> None:
    staff = superuser()
    staff.post(GRANT, form)
    fresh = staff.get(GRANT).context["form"]["once"].value()
    staff.post(GRANT, form | {"once": str(fresh)})
    assert Approval.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": "0"},
        {"points": "-1"},
        {"points": "7.255"},
        {"points": "NaN"},
        {"points": "many"},
        {"points": ""},
        {"points": "1e30"},
        {"partner": "0" * 24},
        {"partner": ""},
        {"tier": "gold"},
        {"reason": " "},
        {"once": "twice"},
    ],
)
def test_a_wrong_grant_is_refused_on_the_form(form: dict[str, str], wrong: dict[str, str]) -> None:
    response = superuser().post(GRANT, form | wrong)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == list(wrong)
    assert not Approval.objects.exists()


def test_the_form_opens_with_the_partner_of_the_link(form: dict[str, str]) -> None:
    page = superuser().get(f"{GRANT}?partner={form['partner']}").content.decode()
    assert f'value="{form["partner"]}"' in page


def test_staff_without_the_permission_grant_nothing(form: dict[str, str]) -> None:
    staff = staff_with("billing.view_pointbucket")
    assert staff.post(GRANT, form).status_code == 403
    assert GRANT not in staff.get("/admin/billing/pointbucket/").content.decode()
    assert not PointBucket.objects.exists()


def test_an_anonymous_user_is_redirected_to_sign_in(client: Client, form: dict[str, str]) -> None:
    assert client.post(GRANT, form).status_code == 302
    assert not PointBucket.objects.exists()
