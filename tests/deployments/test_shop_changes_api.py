"""Rebuild a shop by the API, and choose what it shows of its merchant."""

from __future__ import annotations

from typing import Any

import pytest

from deployments.models import Deployment
from deployments.pipeline import run_due
from deployments.services.site_takedowns import take_down_site
from integrations.models import WebhookDelivery
from tests.deployments.deployment_fakes import (
    CATEGORIES,
    SECRET,
    WHOLE,
    Fakes,
    deploy,
    events,
    payloads,
)
from tests.deployments.shop_changes import rebuild, states
from tests.envelope import assert_error
from tests.merchants import PartnerServer

HIDDEN = {"email": None, "phone": None, "whatsapp": None, "address": None}

pytestmark = pytest.mark.usefixtures("fakes")


def test_a_rebuild_changes_what_is_given_and_keeps_the_rest(
    server: PartnerServer, shop: str, fakes: Fakes
) -> None:
    response = server.post(f"{shop}/rebuild", {"brandName": "Nova Living"})

    identifier = shop.partition("/")[2]
    new = Deployment.objects.latest("created_at")
    assert response.status_code == 202
    accepted = response.json()
    assert accepted["message"] == "Website rebuild started. Webhook will notify on completion."
    assert (accepted["identifier"], accepted["deploymentId"]) == (identifier, new.id)
    assert server.get(shop).json()["data"]["update"]["status"] == "queued"
    run_due()
    data = server.get(shop).json()["data"]
    assert (data["status"], data["brandName"], data["businessCategory"], data["update"]) == (
        "live",
        "Nova Living",
        CATEGORIES,
        None,
    )
    assert events() == WHOLE * 2
    assert [each["reason"] for each in payloads() if "reason" in each] == ["update"] * 3
    assert rebuild(server, shop, businessCategory=["Pet Supplies"])["brandName"] == "Nova Living"
    assert fakes.builder.build_inputs[-1].categories == ("Pet Supplies",)


def test_a_rebuild_without_a_body_builds_the_same_again(server: PartnerServer, shop: str) -> None:
    assert server.post(f"{shop}/rebuild", None).status_code == 202
    run_due()
    assert states() == ["replaced", "live"]


def test_a_rebuild_sends_its_events_to_a_new_receiver(server: PartnerServer, shop: str) -> None:
    rebuild(server, shop, webhookUrl="http://127.0.0.1:9/new")
    rebuild(server, shop, webhookSecret=None)

    rows = WebhookDelivery.objects.filter(event="deployment.success").order_by("created_at")
    assert [(row.endpoint.url, row.endpoint.read_secret()) for row in rows] == [
        ("http://127.0.0.1:9/webhooks/shopiq", SECRET),
        ("http://127.0.0.1:9/new", SECRET),
        ("http://127.0.0.1:9/new", ""),
    ]


INVALID: list[tuple[dict[str, Any], str]] = [
    ({"brandName": " "}, "brandName must not be empty"),
    ({"brandName": None}, "brandName must not be null"),
    ({"businessCategory": []}, "businessCategory must be an array with at least one category"),
    ({"businessCategory": ["Swords"]}, "Invalid categories: Swords"),
    ({"webhookUrl": "http://example.com"}, "webhookUrl must be a public https URL"),
    ({"language": "fr"}, "language must be one of: en, hi, as"),
    ({"publicContact": "x"}, "publicContact must be an object"),
    ({"publicContact": {"email": "x"}}, "publicContact.email must be a valid email address"),
    (
        {"publicContact": {"phone": "9876543210"}},
        "publicContact.phone must be a phone number with its country code, such as +919876543210",
    ),
    ({"publicContact": {"address": "Pune"}}, "publicContact.address must be an object"),
]


def test_a_change_that_is_not_valid(server: PartnerServer, shop: str) -> None:
    for body, message in INVALID:
        assert_error(server.post(f"{shop}/rebuild", body), 400, message)
    assert states() == ["live"]


def test_only_a_shop_of_ones_own_can_be_changed(stranger: PartnerServer, shop: str) -> None:
    for path in (shop, "deployments/none"):
        for action in ("rebuild", "rollback", "cancel"):
            assert_error(stranger.post(f"{path}/{action}", {}), 404, "Deployment not found.")


def test_conflicts(server: PartnerServer) -> None:
    website = deploy(server).website
    shop = f"deployments/{website.identifier}"
    not_live = "Only a live website can be changed."
    assert_error(server.post(f"{shop}/rebuild", {}), 409, not_live)
    assert_error(server.post(f"{shop}/rollback", {}), 409, not_live)
    run_due()
    none = "No deployment of this website is in progress."
    assert_error(server.post(f"{shop}/cancel", {}), 409, none)
    no_earlier = "There is no earlier release of this website."
    assert_error(server.post(f"{shop}/rollback", {}), 409, no_earlier)
    assert server.post(f"{shop}/rebuild", {}).status_code == 202
    running = "A deployment of this website is in progress."
    assert_error(server.post(f"{shop}/rebuild", {}), 409, running)
    run_due()
    take_down_site(website=website, reason="Counterfeits", actor="t")
    assert_error(server.post(f"{shop}/rebuild", {}), 409, "This website is taken down.")


def test_an_idempotency_key_is_for_one_shop(server: PartnerServer, shop: str) -> None:
    again = {"Idempotency-Key": "one"}
    first = server.post(f"{shop}/rebuild", {}, **again)
    second = server.post(f"{shop}/rebuild", {}, **again)
    assert first.content == second.content
    assert states() == ["live", "queued"]
    other = deploy(server, 1).website.identifier
    assert server.post(f"deployments/{other}/rebuild", {}, **again).json()["code"] == (
        "idempotency_key_reused"
    )


def test_the_public_contact_replaces_or_hides_the_lines_of_the_account(
    server: PartnerServer, shop: str, fakes: Fakes
) -> None:
    by_default = fakes.builder.build_inputs[0].merchant
    assert by_default.email == "merchant0@example.com"
    assert by_default.phone == by_default.whatsapp == "+91 9000000000"

    contact = {
        "email": "orders@example.com",
        "phone": None,
        "address": {"addLineOne": "Stall 4", "city": "Guwahati"},
    }
    assert rebuild(server, shop, publicContact=contact)["publicContact"] == contact

    shown = fakes.builder.build_inputs[-1].merchant
    assert (shown.email, shown.phone, shown.whatsapp, shown.address_lines) == (
        "orders@example.com",
        "",
        "",
        ("Stall 4", "Guwahati"),
    )
    # It stays as it is until it is given again.
    assert rebuild(server, shop, brandName="Nova")["publicContact"] == contact
    data = rebuild(server, shop, publicContact=HIDDEN)
    assert data["notice"] == ("The shop shows no email address, phone number or WhatsApp number.")
    assert rebuild(server, shop, publicContact=None)["publicContact"] is None
    assert fakes.builder.build_inputs[-1].merchant == by_default


def test_a_shop_can_hide_its_contact_from_the_start(server: PartnerServer, fakes: Fakes) -> None:
    whatsapp = {**HIDDEN, "whatsapp": "+91 98111 22233"}
    deploy(server, publicContact=whatsapp)
    run_due()

    [build_input] = fakes.builder.build_inputs
    assert (build_input.merchant.email, build_input.merchant.phone) == ("", "")
    assert build_input.merchant.whatsapp == "+91 98111 22233"
    stored = Deployment.objects.get()
    assert "98111" not in stored.material + stored.website.public_contact
