"""A change waits for the partner's lock; by then its author may have lost the right to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Invitation, Member, Partner
from accounts.services.locks import acting_as, lock_partner
from accounts.services.members import change_role, remove_member
from billing.models import BillingProfile, Purchase
from integrations.models import WebhookDelivery
from tests.accounts.key_pages import new_key_form
from tests.billing.pages import DETAILS
from tests.billing.purchases import buy
from tests.concurrency import overlap
from tests.deliveries import sent
from tests.factories import PartnerFactory
from tests.users import browser_of, create_user

pytestmark = pytest.mark.usefixtures("live_db")

Act = Callable[[Client, Partner], Any]


def invite(client: Client, partner: Partner) -> Any:
    form = {"email": "friend@nova.test", "role": "owner"}
    return client.post("/dashboard/team/invite/", form)


def withdraw(client: Client, partner: Partner) -> Any:
    invitation = Invitation.objects.get()
    return client.post(f"/dashboard/team/invitations/{invitation.pk}/withdraw/")


def rename(client: Client, partner: Partner) -> Any:
    return client.post("/dashboard/team/name/", {"company": "Mine"})


def demote_other(client: Client, partner: Partner) -> Any:
    other = Member.objects.get(user__email="omar@nova.test")
    return client.post(f"/dashboard/team/{other.pk}/", {"role": "viewer"})


def create_key(client: Client, partner: Partner) -> Any:
    return client.post("/dashboard/keys/new/", new_key_form(client, "/dashboard/keys/new/"))


def enter_billing_details(client: Client, partner: Partner) -> Any:
    filled = {**DETAILS, "country": "IN", "email": "accounts@nova.test"}
    form = {f"details-{name}": value for name, value in filled.items()}
    return client.post("/dashboard/settings/", form)


def cancel_purchase(client: Client, partner: Partner) -> Any:
    purchase = Purchase.objects.of(partner.pk).get()
    return client.post(f"{purchase.get_absolute_url()}cancel/")


def resend_events(client: Client, partner: Partner) -> Any:
    return client.post("/dashboard/webhooks/resend/")


ACTS = (
    invite,
    withdraw,
    rename,
    demote_other,
    create_key,
    enter_billing_details,
    cancel_purchase,
    resend_events,
)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("loss", ["removed", "viewer"])
def test_a_member_who_lost_the_right_meanwhile_is_refused(act: Act, loss: str) -> None:
    partner = PartnerFactory.create(name="Nova")
    for name in ("priya", "omar"):
        create_user(partner, email=f"{name}@nova.test", role="owner")
    client = browser_of(create_user(partner, email="mallory@nova.test", role="owner"))
    mallory = Member.objects.get(user__email="mallory@nova.test")
    Invitation.objects.create(
        partner=partner,
        email="x@nova.test",
        role="viewer",
        token_hash=b"x",
        expires_at=timezone.now() + timedelta(days=1),
    )
    buy(partner)
    sent(partner, "failed")
    responses: list[int] = []

    def lose() -> None:
        if loss == "removed":
            remove_member(member=mallory, actor="priya@nova.test")
        else:
            change_role(member=mallory, role="viewer", actor="priya@nova.test")

    overlap(lose, lambda: responses.append(act(client, partner).status_code))

    assert responses == [403]
    partner.refresh_from_db()
    assert partner.name == "Nova"
    assert [row.email for row in Invitation.objects.open()] == ["x@nova.test"]
    assert Member.objects.get(user__email="omar@nova.test").role == "owner"
    assert not ApiKey.objects.exists()
    assert not BillingProfile.objects.exists()
    assert Purchase.objects.get().is_open
    assert WebhookDelivery.objects.get().state == "failed"


def test_what_comes_after_a_members_request_is_not_held_against_them() -> None:
    partner = PartnerFactory.create()
    member = Member.objects.get(user=create_user(partner, role="admin"))
    with acting_as(member), transaction.atomic():
        lock_partner(partner.pk)
    Member.objects.update(role="viewer")
    with transaction.atomic():
        assert lock_partner(partner.pk) == partner
