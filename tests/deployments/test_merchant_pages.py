"""Accounts on the dashboard: visibility and search."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, AutoLoginLink
from config.db.ids import new_id
from deployments.models import Deployment, Website
from deployments.site_urls import production_url
from integrations.models import Connection
from tests.deployments.dashboard_pages import page, queries
from tests.deployments.deployment_fakes import deploy
from tests.deployments.merchant_links import chat, link_of
from tests.factories import Keys
from tests.merchants import EXAMPLE, UNKNOWN_ID, PartnerServer
from tests.users import browser_of, create_user

LIST = "/dashboard/accounts/"
CREDENTIALS = {"apiKey": "pk_live_Zq81nTf63xYc", "userId": "usr_Ht52mWk90"}


def test_the_list_shows_the_partners_own_merchants_decrypted(
    visitor: Client, server: PartnerServer, stranger: PartnerServer, sarah: str
) -> None:
    stranger.create(7, businessName="Not Yours")

    content = page(visitor, LIST)
    for words in ("Nova Retail", "Sarah Mitchell", "sarah@novaretail.com", "+91 9876543210"):
        assert words in content
    assert reverse("merchant", args=[sarah]) in content
    assert "Not Yours" not in content


def test_the_list_shows_the_state_of_each_shop(visitor: Client, server: PartnerServer) -> None:
    server.create(2)
    deployment = deploy(server)
    content = page(visitor, LIST)
    assert content.count("No shop") == 1
    assert "Queued</span>" in content
    assert "Open shop" not in content

    Deployment.objects.update(state="live", generated_at=timezone.now(), ended_at=timezone.now())
    content = page(visitor, LIST)
    assert "Live</span>" in content
    assert f'href="{production_url(deployment.website)}"' in content

    Website.objects.update(taken_down_at=timezone.now())
    content = page(visitor, LIST)
    assert "Taken down</span>" in content
    assert "Open shop" not in content


def test_a_shop_that_is_live_stays_so_while_a_newer_deployment_fails(
    visitor: Client, server: PartnerServer
) -> None:
    live = deploy(server)
    now = timezone.now()
    Deployment.objects.update(state="live", created_at=now - timedelta(hours=1), ended_at=now)
    live.refresh_from_db()
    live.pk, live.state, live.created_at = new_id(), "failed", now
    live.save(force_insert=True)

    content = page(visitor, LIST)
    assert "Live</span>" in content
    assert "Failed</span>" not in content


@pytest.mark.parametrize(
    ("who", "is_found"),
    [
        ("sarah@novaretail.com", True),
        (" Sarah@NovaRetail.COM ", True),
        ("+91 98765 43210", True),
        ("919876543210", True),
        ("9876543210", True),
        ("sarah", False),
        ("novaretail.com", False),
        ("@", False),
        ("987654321", False),
        ("+1 9876543210", False),
        ("٩٨٧٦٥٤٣٢١٠", True),
        ("' OR 1=1 --", False),
    ],
)
def test_a_merchant_is_found_by_a_whole_email_or_phone(
    visitor: Client, sarah: str, who: str, is_found: bool
) -> None:
    content = page(visitor, LIST, who=who)

    assert (sarah in content) is is_found
    assert ("No account matches" in content) is not is_found


def test_another_partners_merchant_is_not_found(visitor: Client, stranger: PartnerServer) -> None:
    stranger.post("createAccount", EXAMPLE)

    assert "No account matches" in page(visitor, LIST, who=EXAMPLE["email"])


@pytest.mark.parametrize("query", ["who=%ff%fe", "after=x&sort=zzz", "before=bnVsbA"])
def test_invalid_queries_show_a_page(visitor: Client, sarah: str, query: str) -> None:
    assert visitor.get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize("who", ["\0", "9" * 300])
def test_an_invalid_search_is_named_and_not_applied(visitor: Client, sarah: str, who: str) -> None:
    content = page(visitor, LIST, who=who)

    assert content.count("is not applied.") == 1
    assert sarah in content


def test_an_empty_list_explains_how_to_create_an_account(visitor: Client) -> None:
    assert "createAccount" in page(visitor, LIST)


def test_pages_do_not_repeat_accounts(visitor: Client, server: PartnerServer) -> None:
    made = {server.create(number) for number in range(27)}

    first = visitor.get(LIST)
    second = visitor.get(LIST, {"after": first.context["page"].next})
    seen = [
        each.account.id for response in (first, second) for each, _ in response.context["merchants"]
    ]
    assert len(seen) == 27
    assert set(seen) == made


def test_a_list_of_fifty_takes_as_many_queries_as_one(
    visitor: Client, server: PartnerServer
) -> None:
    server.create(0)
    page(visitor, LIST)
    alone = queries(lambda: visitor.get(LIST))
    for number in range(1, 50):
        server.create(number)

    assert queries(lambda: visitor.get(LIST)) == alone


def test_a_merchants_page_shows_profile_integrations_links_and_no_secret(
    visitor: Client, server: PartnerServer, sarah: str
) -> None:
    target = {"shopIQAccountId": sarah, "integrationName": "yourIntegration"}
    server.post("connectIntegration", {**target, "credentials": CREDENTIALS})
    server.post("disconnectIntegration", target)
    token = link_of(server, sarah)

    content = page(visitor, f"{LIST}{sarah}/")
    for words in (
        "Nova Retail",
        "42 Commerce Street, Mumbai",
        "Disconnected",
        '">Active</span>',
        "No shop",
    ):
        assert words in content
    for secret in (*CREDENTIALS.values(), token, token.split(".")[2]):
        assert secret not in content


def test_the_last_events_of_an_integration_are_shown(
    visitor: Client, server: PartnerServer, keys: Keys, sarah: str
) -> None:
    target = {"shopIQAccountId": sarah, "integrationName": "yourIntegration"}
    server.post("connectIntegration", {**target, "credentials": CREDENTIALS})
    connection = Connection.objects.get()
    for _ in range(30):
        connection.events.create(partner=keys.partner, kind="updated", key=keys.key("management"))

    [shown] = visitor.get(f"{LIST}{sarah}/").context["connections"]
    assert [event.kind for event in shown.newest_events] == ["updated"] * 20


def test_a_merchants_page_takes_as_many_queries_with_ten_links_as_with_one(
    visitor: Client, server: PartnerServer, sarah: str
) -> None:
    link_of(server, sarah)
    page(visitor, f"{LIST}{sarah}/")
    alone = queries(lambda: visitor.get(f"{LIST}{sarah}/"))
    for _ in range(9):
        link_of(server, sarah)

    assert queries(lambda: visitor.get(f"{LIST}{sarah}/")) == alone


def test_a_site_is_linked_for_members_who_can_see_it(
    visitor: Client, server: PartnerServer, sarah: str
) -> None:
    shop = {
        "businessCategory": ["Footwear"],
        "brandName": "Nova",
        "webhookUrl": "http://127.0.0.1:9/",
    }
    made = server.post("createAndDeploy", {"accountId": sarah, **shop}).json()

    content = page(visitor, f"{LIST}{sarah}/")
    assert made["identifier"] in content
    assert made["productionUrl"] not in content


@pytest.mark.parametrize("role", ["owner", "admin", "developer", "viewer"])
def test_a_viewer_sees_no_accounts_and_revokes_nothing(
    keys: Keys, server: PartnerServer, sarah: str, role: str
) -> None:
    token = link_of(server, sarah)
    visitor = browser_of(create_user(keys.partner, role))
    status = 403 if role == "viewer" else 200
    revoke = reverse("auto-login-revoke-all", args=[sarah])

    for path in (LIST, f"{LIST}{sarah}/", revoke):
        assert visitor.get(path).status_code == status
    visitor.post(revoke)
    assert chat(token) == (200 if role == "viewer" else 403)


def test_accounts_of_other_partners_and_malformed_ids_are_not_found(
    visitor: Client, stranger: PartnerServer
) -> None:
    theirs = stranger.create(1)
    token = link_of(stranger, theirs)
    link = AutoLoginLink.objects.get().pk
    for account in (theirs, UNKNOWN_ID, theirs.upper(), "x", f"{theirs}%00", theirs[:23], "%F0%9F"):
        for tail in ("", "links/revoke/", f"links/{link}/revoke/"):
            assert visitor.get(f"{LIST}{account}/{tail}").status_code == 404
            assert visitor.post(f"{LIST}{account}/{tail}").status_code in (404, 405)
    assert chat(token) == 200
    assert Account.objects.filter(pk=theirs).exists()
