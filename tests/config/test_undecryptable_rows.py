"""A row that cannot be decrypted is left out of a list or marked, and logged once."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Account
from billing.models import BillingProfile, Invoice, Purchase
from billing.services import send_low_balance_alerts, set_alert_thresholds
from config.db import encryption
from integrations.models import WebhookDelivery, WebhookEndpoint
from tests.accounts.key_pages import browser, text_of
from tests.billing.chains import without_triggers
from tests.billing.pages import BUY, DETAILS
from tests.billing.purchases import bill_to, buy, settle
from tests.deliveries import sent
from tests.factories import Keys, partner_with_keys
from tests.merchants import PartnerServer
from tests.staff import superuser
from tests.users import create_user


@pytest.fixture(autouse=True)
def _fresh_reports() -> None:
    encryption._report.cache_clear()


@pytest.fixture
def damaged(keys: Keys, server: PartnerServer) -> Account:
    """The second of three accounts has the address of the first, as after a careless repair."""
    ids = [server.create(number) for number in range(3)]
    other = Account.objects.get(pk=ids[0])
    Account.objects.filter(pk=ids[1]).update(email=other.email)
    return Account.objects.get(pk=ids[1])


def test_the_api_leaves_it_out_and_logs_it_once(
    server: PartnerServer, damaged: Account, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        response = server.get("accounts")
        assert response.status_code == 200
        assert len(response.json()["data"]) == 2

    assert damaged.pk not in response.content.decode()
    assert caplog.text.count("value cannot be decrypted") == 1
    assert caplog.text.count(damaged.pk) == 1


def test_pages_mark_it(keys: Keys, damaged: Account) -> None:
    owner = browser(keys.partner)

    page = text_of(owner.get("/dashboard/accounts/"))
    assert page.count("Can't be decrypted. Contact support.") == 1
    assert f"Account {damaged.pk}" in page
    assert "Can't be decrypted. Contact support." in text_of(
        owner.get(f"/dashboard/accounts/{damaged.pk}/")
    )


def test_the_administration_marks_it(damaged: Account) -> None:
    response = superuser().get("/admin/accounts/account/")

    assert response.status_code == 200
    assert response.content.decode().count("cannot be decrypted") == 1


def test_damaged_billing_details_of_one_partner_do_not_stop_the_alerts_of_others(
    keys: Keys,
) -> None:
    other = partner_with_keys(name="Other")
    for partner, name in ((keys.partner, "priya"), (other.partner, "omar")):
        create_user(partner, email=f"{name}@nova.test")
        set_alert_thresholds(partner=partner, thresholds=[1_000_000], actor="test")
    BillingProfile.objects.create(partner=keys.partner, encrypted_details="v1.damaged")

    assert send_low_balance_alerts() == 2
    assert sorted(message.to for message in mail.outbox) == [
        ["omar@nova.test"],
        ["priya@nova.test"],
    ]


def test_pages_of_a_partner_whose_billing_details_are_damaged_ask_for_them_again(
    keys: Keys,
) -> None:
    bill_to(keys.partner, **DETAILS)
    purchase = settle(buy(keys.partner, "sandbox"))
    transfer = buy(keys.partner, "manual")
    BillingProfile.objects.update(encrypted_details="v1.damaged")
    owner = browser(keys.partner)

    order = owner.get(BUY, follow=True)
    assert "can&#x27;t be decrypted. Enter them again." in order.text
    documents = f"invoices/{_damaged_invoice(purchase)}", f"purchases/{transfer.pk}/proforma"
    for document in documents:
        answer = owner.get(f"/dashboard/points/{document}.pdf", follow=True)
        assert "can&#x27;t be decrypted. Contact support." in answer.text, document

    filled = {**DETAILS, "country": "IN", "email": "accounts@nova.test"}
    form = {f"details-{name}": value for name, value in filled.items()}
    assert owner.post("/dashboard/settings/", form).status_code == 302
    assert BillingProfile.objects.of(keys.partner.pk).details().city == DETAILS["city"]


def _damaged_invoice(purchase: Purchase) -> str:
    invoice = Invoice.objects.get(purchase=purchase)
    with without_triggers() as cursor:
        cursor.execute("UPDATE billing_invoice SET encrypted_buyer = 'v1.damaged'")
    return invoice.pk


def test_a_delivery_whose_secret_is_damaged_is_shown(keys: Keys) -> None:
    sent(keys.partner, "failed")
    WebhookEndpoint.objects.update(secret="v1.damaged")
    delivery = WebhookDelivery.objects.get()
    owner = browser(keys.partner)

    page = owner.get(f"/dashboard/webhooks/{delivery.pk}/")
    assert "Can&#x27;t be decrypted. Contact support." in page.text
    debugger = f"/dashboard/webhooks/signatures/?delivery={delivery.pk}"
    assert delivery.pk in owner.get(debugger).text
    form = {"body": "{}", "header": "sha256=00", "delivery": delivery.pk, "secret": "x"}
    assert owner.post(debugger, form).status_code == 200


def test_a_merchant_whose_data_are_damaged_can_open_the_link(
    server: PartnerServer, damaged: Account
) -> None:
    link = server.post("generateAutoLoginUrl", {"accountId": damaged.pk}).json()["redirectUrl"]
    Account.objects.filter(pk=damaged.pk).update(profile="v1.damaged")

    assert Client().get(link).status_code == 200
