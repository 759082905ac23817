"""Rebuild, roll back and cancel a shop by the API, and what it shows of its merchant."""

from __future__ import annotations

from copy import copy
from typing import Any

import pytest

from accounts.models import AuditEntry
from config.db.ids import new_id
from deployments.models import Deployment
from deployments.pipeline import run_due
from deployments.services.site_takedowns import take_down_site
from integrations.models import WebhookDelivery
from tests.deployments.deployment_fakes import (
    BRAND,
    CATEGORIES,
    PATH,
    SECRET,
    WHOLE,
    Fakes,
    deploy,
    events,
    install_fakes,
    payloads,
    shop_body,
)
from tests.deployments.test_account_updates import follow, states, update
from tests.envelope import assert_error
from tests.merchants import PartnerServer

HIDDEN = {"email": None, "phone": None, "whatsapp": None, "address": None}


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> Fakes:
    return install_fakes(monkeypatch)


@pytest.fixture
def shop(server: PartnerServer) -> str:
    """The path of a live shop."""
    identifier = deploy(server).website.identifier
    run_due()
    return f"deployments/{identifier}"


def rebuild(server: PartnerServer, shop: str, **body: Any) -> Any:
    response = server.post(f"{shop}/rebuild", body)
    assert response.status_code == 202, response.content
    run_due()
    return server.get(shop).json()["data"]


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


def test_a_rollback_publishes_the_release_before_exactly(
    server: PartnerServer, shop: str, fakes: Fakes
) -> None:
    account_id = Deployment.objects.get().website.account_id
    [first] = fakes.builder.build_inputs
    rebuild(server, shop, brandName="Nova Living", publicContact={"email": "shop@example.com"})
    update(server, account_id, about="Changed.")
    follow()
    assert states() == ["replaced", "replaced", "live"]
    _, second, _ = fakes.builder.build_inputs

    response = server.post(f"{shop}/rollback", {})
    assert response.status_code == 202
    entry = AuditEntry.objects.get(action="deployment.rolled_back")
    assert entry.target == response.json()["deploymentId"]
    run_due()
    assert fakes.builder.build_inputs[-1] == second
    assert payloads()[-1]["reason"] == "rollback"

    server.post(f"{shop}/rollback", None)
    run_due()
    assert fakes.builder.build_inputs[-1] == first, "the release before the restored one"
    data = server.get(shop).json()["data"]
    assert (data["brandName"], data["publicContact"], data["reason"]) == (BRAND, None, "rollback")
    assert server.post(f"{shop}/rollback", {}).status_code == 409


def test_a_release_can_be_chosen(server: PartnerServer, shop: str) -> None:
    ids = [Deployment.objects.get().id]
    for number in range(2):
        ids.append(rebuild(server, shop, brandName=f"Nova {number}")["deploymentId"])

    assert server.post(f"{shop}/rollback", {"deploymentId": ids[0]}).status_code == 202
    run_due()
    assert server.get(shop).json()["data"]["brandName"] == BRAND
    for unknown in (ids[0][::-1], "x"):
        assert server.post(f"{shop}/rollback", {"deploymentId": unknown}).status_code == 409


def test_the_last_ten_releases_are_kept(server: PartnerServer, shop: str) -> None:
    first = Deployment.objects.get()
    copies = [copy(first) for _ in range(12)]
    for each in copies:
        each.pk, each.state = new_id(), "replaced"
    Deployment.objects.bulk_create(copies)

    rebuild(server, shop, brandName="Nova Living")

    assert Deployment.objects.filter(state="replaced").exclude(material="").count() == 10


def test_after_a_rollback_the_shop_follows_its_account_again(
    server: PartnerServer, shop: str, fakes: Fakes
) -> None:
    account_id = Deployment.objects.get().website.account_id
    update(server, account_id, about="Second.")
    follow()
    server.post(f"{shop}/rollback", {})
    run_due()
    assert fakes.builder.build_inputs[-1].merchant.about == ""

    update(server, account_id, currency="USD")
    follow()

    merchant = fakes.builder.build_inputs[-1].merchant
    assert (merchant.about, merchant.currency) == ("Second.", "USD")


def test_a_cancelled_update_leaves_the_live_release(server: PartnerServer, shop: str) -> None:
    server.post(f"{shop}/rebuild", {"brandName": "Wrong"})
    running = Deployment.objects.latest("created_at")

    response = server.post(f"{shop}/cancel", {})

    assert response.json() == {
        "success": True,
        "message": "Deployment cancelled.",
        "identifier": shop.partition("/")[2],
        "deploymentId": running.id,
    }
    assert AuditEntry.objects.get(action="deployment.cancelled").target == running.id
    run_due()
    data = server.get(shop).json()["data"]
    assert (data["status"], data["brandName"]) == ("live", BRAND)
    assert payloads()[-1]["error"] == "Cancelled."
    assert data["update"]["status"] == "failed"


def test_a_cancelled_first_deployment_can_be_ordered_again(server: PartnerServer) -> None:
    deployment = deploy(server)
    identifier = deployment.website.identifier
    assert server.post(f"deployments/{identifier}/cancel", None).status_code == 200
    run_due()
    again = server.post(PATH, shop_body(deployment.website.account_id))
    assert again.json()["identifier"] == identifier
    run_due()
    assert server.get(f"deployments/{identifier}").json()["data"]["status"] == "live"


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
