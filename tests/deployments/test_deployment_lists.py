"""The dashboard's list of deployments, and who sees which."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.utils import timezone

from deployments.models import Deployment
from tests.deployments.dashboard_pages import LIST, page, queries
from tests.deployments.deployment_fakes import (
    deploy,
)
from tests.factories import Keys
from tests.merchants import UNKNOWN_ID, PartnerServer
from tests.users import browser_of, create_user


@pytest.mark.parametrize(
    ("query", "is_shown"),
    [
        ({}, True),
        ({"state": "queued"}, True),
        ({"state": "live"}, False),
        ({"shop": "nova retail"}, True),
        ({"shop": "nova"}, True),
        ({"shop": "Retail"}, False),
        ({"shop": "nova-retail-"}, False),
    ],
)
def test_deployments_are_filtered(
    visitor: Client, server: PartnerServer, query: dict[str, str], is_shown: bool
) -> None:
    deployment = deploy(server)

    assert (deployment.id in page(visitor, LIST, **query)) is is_shown


def test_deployments_are_counted_by_day_above_the_list(
    visitor: Client, server: PartnerServer
) -> None:
    first, failed = deploy(server), deploy(server, 1)
    Deployment.objects.filter(pk=failed.pk).update(state="failed", ended_at=timezone.now())

    content = page(visitor, LIST)
    assert "2 deployments · 1 failed" in content
    *_, today = re.findall(r'class="chart-column" href="([^"]*)"', content)
    assert first.id in page(visitor, f"{LIST}{html.unescape(today)}")
    assert first.id not in page(visitor, LIST, period="yesterday")


def test_a_deployment_is_found_by_its_identifier(visitor: Client, server: PartnerServer) -> None:
    deployment, other = deploy(server), deploy(server, 1)

    content = page(visitor, LIST, shop=deployment.website.identifier.upper())
    assert deployment.id in content
    assert other.id not in content


@pytest.mark.parametrize("query", ["state=zzz", "shop=%00", "shop=" + "x" * 999])
def test_an_invalid_filter_is_named_and_not_applied(
    visitor: Client, server: PartnerServer, query: str
) -> None:
    deployment = deploy(server)

    response = visitor.get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert response.text.count("is not applied.") == 1
    assert deployment.id in response.text


def test_a_list_without_deployments_says_how_to_order_one(visitor: Client) -> None:
    assert "createAndDeploy" in page(visitor, LIST)


def test_lists_take_as_many_queries_for_many_as_for_one(
    visitor: Client, server: PartnerServer
) -> None:
    deploy(server)
    page(visitor, LIST)
    alone = queries(lambda: visitor.get(LIST))
    for number in range(1, 30):
        deploy(server, number)

    assert queries(lambda: visitor.get(LIST)) == alone


@pytest.mark.parametrize("role", ["owner", "admin", "developer", "viewer"])
def test_a_viewer_sees_no_deployment(keys: Keys, server: PartnerServer, role: str) -> None:
    deployment = deploy(server)
    visitor = browser_of(create_user(keys.partner, role))

    for path in (LIST, f"{LIST}{deployment.id}/"):
        assert visitor.get(path).status_code == (403 if role == "viewer" else 200)


def test_anothers_deployment_and_malformed_ids_are_not_found(
    visitor: Client, stranger: PartnerServer
) -> None:
    theirs = deploy(stranger)

    assert theirs.id not in page(visitor, LIST)
    for name in (theirs.id, theirs.website.identifier, UNKNOWN_ID, "x", "%00", theirs.id[:23]):
        assert visitor.get(f"{LIST}{name}/").status_code == 404
