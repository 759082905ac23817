"""GET deployments and GET deployments/{identifier}."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.api.timestamps import timestamp
from deployments.models import Deployment
from deployments.pipeline import run_due
from deployments.site_urls import preview_url, production_url
from integrations.models import WebhookDelivery
from integrations.services.webhooks import Outcome, claim_deliveries, finish_attempts
from tests.deployments.deployment_fakes import CATEGORIES, PATH, SECRET, deploy, shop_body
from tests.envelope import assert_error
from tests.merchants import PartnerServer

NOT_FOUND = "Deployment not found."

pytestmark = pytest.mark.usefixtures("fakes")


def test_a_deployment_shows_how_far_it_is(server: PartnerServer) -> None:
    deployment = deploy(server)
    identifier = deployment.website.identifier
    response = server.get(f"deployments/{identifier}")

    [event] = WebhookDelivery.objects.all()
    assert response.json() == {
        "success": True,
        "data": {
            "deploymentId": deployment.id,
            "accountId": deployment.website.account_id,
            "identifier": identifier,
            "brandName": "Nova Retail",
            "businessCategory": CATEGORIES,
            "status": "queued",
            "reason": "first",
            "language": "en",
            "error": None,
            "notice": None,
            "productionUrl": production_url(deployment.website),
            "previewUrl": preview_url(deployment.website),
            "productionPathUrl": f"{settings.PUBLIC_URL}/sites/{identifier}/",
            "previewPathUrl": f"{settings.PUBLIC_URL}/sites/{identifier}/preview/",
            "takenDown": None,
            "publicContact": None,
            "update": None,
            "steps": {
                "queuedAt": timestamp(deployment.created_at),
                "buildingAt": None,
                "createdAt": None,
                "endedAt": None,
            },
            "webhooks": [
                {
                    "eventId": event.id,
                    "event": "website.building",
                    "delivery": "pending",
                    "createdAt": timestamp(event.created_at),
                    "nextAttemptAt": timestamp(event.due_at),
                    "attempts": [],
                }
            ],
        },
    }
    assert SECRET not in response.content.decode()


def test_a_live_deployment_shows_the_times_of_its_steps(server: PartnerServer) -> None:
    deployment = deploy(server)
    run_due()
    deployment.refresh_from_db()

    data = server.get(f"deployments/{deployment.website.identifier}").json()["data"]

    assert data["status"] == "live"
    assert list(data["steps"].values()) == [
        timestamp(at)
        for at in (
            deployment.created_at,
            deployment.building_at,
            deployment.generated_at,
            deployment.ended_at,
        )
        if at
    ]


def test_a_deployment_shows_every_delivery_attempt(server: PartnerServer) -> None:
    deployment = deploy(server)
    run_due()
    at = timezone.now()
    [delivery] = claim_deliveries(1)
    finish_attempts([(delivery, Outcome(at, None, "the server took too long", 15_000, ""))])

    webhooks = server.get(f"deployments/{deployment.website.identifier}").json()["data"]["webhooks"]

    assert [each["event"] for each in webhooks] == [
        "website.building",
        "website.created",
        "deployment.success",
    ]
    assert webhooks[0]["attempts"] == [
        {
            "at": timestamp(at),
            "status": None,
            "error": "the server took too long",
            "milliseconds": 15_000,
        }
    ]
    assert webhooks[0]["nextAttemptAt"]
    assert webhooks[1]["nextAttemptAt"] is None, "it waits for the first one"


def test_the_newest_deployment_of_a_shop_is_shown(server: PartnerServer) -> None:
    deployment = deploy(server)
    Deployment.objects.update(state="failed", error="It did not work.")
    path = f"deployments/{deployment.website.identifier}"
    assert server.get(path).json()["data"]["error"] == "It did not work."

    server.post(PATH, shop_body(deployment.website.account_id))

    assert server.get(path).json()["data"]["status"] == "queued"


@pytest.mark.parametrize("identifier", ["nova-retail-zzzzzz", "%00", "a%00b", "..", "ü", "x" * 500])
def test_an_unknown_deployment_is_a_404(server: PartnerServer, identifier: str) -> None:
    assert_error(server.get(f"deployments/{identifier}"), 404, NOT_FOUND)


def test_another_partners_deployment_does_not_exist(
    server: PartnerServer, stranger: PartnerServer
) -> None:
    identifier = deploy(server).website.identifier

    assert_error(stranger.get(f"deployments/{identifier}"), 404, NOT_FOUND)
    assert stranger.get("deployments").json()["data"] == []


def test_the_list_shows_the_newest_first_page_by_page(server: PartnerServer) -> None:
    made = [deploy(server, number).id for number in range(5)]

    first = server.get("deployments", limit=3).json()
    second = server.get("deployments", limit=3, cursor=first["nextCursor"]).json()

    ids = [row["deploymentId"] for row in (*first["data"], *second["data"])]
    assert ids == made[::-1]
    assert second["nextCursor"] is None
    assert "webhooks" not in first["data"][0]


def test_a_longer_list_costs_no_more_queries(server: PartnerServer) -> None:
    counts = []
    for number in range(3):
        deploy(server, number)
        with CaptureQueriesContext(connection) as queries:
            server.get("deployments")
        counts.append(len(queries))

    assert len(set(counts)) == 1


def test_both_spellings_of_the_path_work(server: PartnerServer) -> None:
    identifier = deploy(server).website.identifier

    assert server.get("deployments/").status_code == 200
    assert server.get(f"deployments/{identifier}/").status_code == 200
