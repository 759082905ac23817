"""Partners request live access; staff approve it, or decline it with a reason."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import connections
from django.test import Client

from accounts.models import LiveAccessRequest, Partner
from accounts.services.live_access import (
    LiveAccessError,
    approve_partner,
    decline_live_access,
    request_live_access,
)
from tests.accounts.sign_ins import actions, text
from tests.billing.pages import DETAILS
from tests.factories import PartnerFactory
from tests.staff import in_group
from tests.users import browser_of, create_user

pytestmark = pytest.mark.usefixtures("live_db")
PAGE = "/dashboard/live-access/"
FORM = {"website": "https://nova.example", "purpose": "Catalogue photos, 4,000 a month"}


@pytest.fixture
def partner() -> Partner:
    return PartnerFactory.create(name="Nova Retail", live_approved_at=None)


@pytest.fixture
def owner(partner: Partner) -> Client:
    return browser_of(create_user(partner, email="owner@nova.test"))


def test_company_details_are_added_on_the_way_and_shown_with_the_request(owner: Client) -> None:
    page = text(owner.get(PAGE))
    assert 'href="/dashboard/settings/?for=live-access"' in page
    assert "Add company details" in page
    form = {f"details-{name}": value for name, value in {**DETAILS, "country": "IN"}.items()}
    response = owner.post("/dashboard/settings/?for=live-access", form)
    assert response.headers["Location"] == PAGE
    page = text(owner.get(PAGE))
    assert DETAILS["legal_name"] in page
    assert "14, 2nd Cross, Bengaluru 560038, Karnataka" in page
    assert "Edit company details" in page


def staff_page(partner: Partner, act: str) -> str:
    return f"/admin/accounts/partner/{partner.pk}/{act}/"


def test_a_declined_partner_reads_the_reason_and_asks_again(
    partner: Partner, owner: Client, mailoutbox: list[EmailMessage]
) -> None:
    owner.post(PAGE, FORM)
    assert "waiting for our decision" in text(owner.get(PAGE))
    staff = in_group("operations", "asha@shopiq.test")
    page = text(staff.get(staff_page(partner, "decline")))
    assert "https://nova.example" in page
    assert "Catalogue photos" in page

    staff.post(staff_page(partner, "decline"), {"reason": "The website does not open."})

    [mail] = mailoutbox
    assert mail.to == ["owner@nova.test"]
    assert "Reason: The website does not open." in mail.body
    assert "The website does not open." in text(owner.get(PAGE))
    owner.post(PAGE, FORM)
    staff.post(staff_page(partner, "approve"), {})
    partner.refresh_from_db()
    assert partner.live_approved_at
    assert "has had live access since" in text(owner.get(PAGE))
    states = LiveAccessRequest.objects.order_by("created_at").values_list("state", "decided_by")
    assert list(states) == [("declined", "asha@shopiq.test"), ("approved", "asha@shopiq.test")]
    assert actions(partner.pk) == [
        "partner.live_access_requested",
        "partner.live_access_declined",
        "partner.live_access_requested",
        "partner.approved",
    ]


def test_a_partner_asks_once_at_a_time(partner: Partner, owner: Client) -> None:
    for _ in range(2):
        owner.post(PAGE, FORM)
    assert LiveAccessRequest.objects.count() == 1
    approve_partner(partner=partner, actor="t")
    owner.post(PAGE, FORM)
    assert LiveAccessRequest.objects.count() == 1


def test_a_website_is_typed_as_people_write_it(partner: Partner, owner: Client) -> None:
    assert 'type="url"' not in owner.get(PAGE).text
    owner.post(PAGE, {**FORM, "website": "nova.example"})
    assert partner.live_access_requests.get().website == "https://nova.example"


@pytest.mark.parametrize("website", ["javascript:alert(1)", "data:text/html,x", "nova"])
def test_a_website_is_a_web_address(partner: Partner, owner: Client, website: str) -> None:
    owner.post(PAGE, {**FORM, "website": website})
    with pytest.raises(ValidationError):
        request_live_access(partner=partner, website=website, purpose="x", actor="t")
    assert not LiveAccessRequest.objects.filter(website__startswith="java").exists()


def test_two_who_decide_at_once_decide_once(partner: Partner, owner: Client) -> None:
    owner.post(PAGE, FORM)

    def decide(number: int) -> Any:
        try:
            if number % 2:
                return approve_partner(partner=partner, actor="a")
            decline_live_access(partner=partner, reason="No", actor="b")
        except LiveAccessError:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        results = list(threads.map(decide, range(6)))

    decided = LiveAccessRequest.objects.get()
    partner.refresh_from_db()
    # Staff may also approve a partner whose request was declined a moment before.
    assert sum(results) == 1 + (
        decided.state == "declined" and partner.live_approved_at is not None
    )
    made = [each for each in actions(partner.pk) if each != "partner.live_access_requested"]
    assert len(made) == sum(results)
