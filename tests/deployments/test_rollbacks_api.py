"""Roll back and cancel a shop by the API."""

from __future__ import annotations

from copy import copy

import pytest

from accounts.models import AuditEntry
from config.db.ids import new_id
from deployments.models import Deployment
from deployments.pipeline import run_due
from deployments.services.rollbacks import NoEarlierRelease, roll_back_site
from tests.deployments.deployment_fakes import BRAND, PATH, Fakes, deploy, payloads, shop_body
from tests.deployments.shop_changes import follow, live, rebuild, states, update
from tests.merchants import PartnerServer

pytestmark = pytest.mark.usefixtures("fakes")


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
    Deployment.objects.filter(pk=ids[1]).update(material="")  # as of one before the last ten
    live = Deployment.objects.get(state="live")
    for unknown in (ids[0][::-1], "x", ids[1], live.id):
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


def test_a_shop_without_an_earlier_release_says_so(server: PartnerServer) -> None:
    with pytest.raises(NoEarlierRelease, match="The shop has no such earlier release"):
        roll_back_site(website=live(server), actor="t")
