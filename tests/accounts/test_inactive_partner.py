"""Pages of a deactivated partner reject changes."""

from __future__ import annotations

import pytest
from django.core import mail

from accounts.models import Invitation
from accounts.services.locks import PartnerInactive
from accounts.services.partners import deactivate_partner
from billing.models import Package, Purchase
from billing.services import start_purchase
from tests.accounts.key_pages import browser, text_of
from tests.billing.purchases import bill_to, buy
from tests.factories import Keys

TEAM = "/dashboard/team/"


def test_it_sends_no_invitations(keys: Keys) -> None:
    owner = browser(keys.partner)
    owner.post(f"{TEAM}invite/", {"email": "first@nova.test", "role": "viewer"})
    invitation = Invitation.objects.get()
    deactivate_partner(partner=keys.partner, actor="test", reason="Fraud")
    mail.outbox.clear()

    page = owner.post(f"{TEAM}invite/", {"email": "second@nova.test", "role": "viewer"})
    again = owner.post(f"{TEAM}invitations/{invitation.pk}/resend/", follow=True)

    assert "account is inactive. Contact ShopIQ support." in text_of(page)
    assert "account is inactive. Contact ShopIQ support." in text_of(again)
    assert Invitation.objects.count() == 1
    assert mail.outbox == []


def test_it_orders_no_points(keys: Keys) -> None:
    owner = browser(keys.partner)
    bill_to(keys.partner)
    deactivate_partner(partner=keys.partner, actor="test", reason="Fraud")

    page = owner.get("/dashboard/points/buy/pack_5000/", follow=True)

    assert "is inactive and can't buy points" in text_of(page)
    with pytest.raises(PartnerInactive):
        start_purchase(
            partner=keys.partner,
            package=Package.objects.get(pk="pack_5000"),
            gateway="manual",
            actor="test",
        )
    assert not Purchase.objects.exists()


def test_it_cannot_pay_an_order_that_is_open(keys: Keys) -> None:
    owner = browser(keys.partner)
    purchase = buy(keys.partner, "sandbox")
    Purchase.objects.update(state="failed")
    deactivate_partner(partner=keys.partner, actor="test", reason="Fraud")

    page = owner.post(f"{purchase.get_absolute_url()}retry/", follow=True)

    assert "is inactive and can't buy points" in text_of(page)
    assert Purchase.objects.get().state == "failed"
    assert "retry/" not in owner.get(purchase.get_absolute_url()).text
