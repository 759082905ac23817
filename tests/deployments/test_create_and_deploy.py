"""POST createAndDeploy."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Account
from deployments.categories import CATEGORIES
from deployments.models import Deployment, SiteDomain, Website
from integrations.models import WebhookDelivery, WebhookEndpoint
from tests.concurrency import run_concurrently
from tests.deployments.deployment_fakes import PATH, SECRET, shop_body
from tests.envelope import assert_error
from tests.factories import Keys
from tests.merchants import UNKNOWN_ID, PartnerServer

REQUIRED = "accountId, businessCategory (array), brandName, and webhookUrl are required"
TYPE = "Only 'ecommerce' websiteType is supported at this time."
EXISTS = "Website already exists for this account"
NO_ACCOUNT = "Account not found"
SIX = list(CATEGORIES[:6])


def test_a_request_gets_the_documented_response(server: PartnerServer, settings: Any) -> None:
    settings.SITE_PRODUCTION_URL = "https://{identifier}.shopiq.app"
    settings.SITE_PREVIEW_URL = "https://{identifier}.dev.shopiq.app"
    account_id = server.create()

    response = server.post(PATH, shop_body(account_id))

    assert response.status_code == 202
    identifier = response.json()["identifier"]
    assert re.fullmatch(r"nova-retail-[a-z0-9]{6}", identifier)
    assert list(response.json().items()) == [
        ("success", True),
        ("message", "Website creation started. Webhook will notify on completion."),
        ("identifier", identifier),
        ("productionUrl", f"https://{identifier}.shopiq.app"),
        ("previewUrl", f"https://{identifier}.dev.shopiq.app"),
        ("status", "building"),
    ]
    assert server.read(account_id)["identifier"] == identifier


def test_the_order_its_shop_and_its_first_webhook_come_together(server: PartnerServer) -> None:
    account_id = server.create(domains=["shop.nova.test"])
    logo = "https://example.com/nova-logo.png"

    server.post(PATH, shop_body(account_id, brandLogo=logo))

    deployment = Deployment.objects.get()
    assert (deployment.state, deployment.logo_url) == ("queued", logo)
    assert SiteDomain.objects.get().website == deployment.website
    event = WebhookDelivery.objects.get()
    assert (event.stream, event.position, event.event) == (deployment.id, 1, "website.building")
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.get_decrypted("secret") == SECRET
    assert SECRET not in endpoint.secret


def test_the_account_keeps_its_own_business_category(server: PartnerServer) -> None:
    account_id = server.create(businessCategory="Saris")

    server.post(PATH, shop_body(account_id))

    assert server.read(account_id)["businessCategory"] == "Saris"


def test_the_least_order_needs_no_logo_type_or_secret(server: PartnerServer) -> None:
    body = shop_body(server.create(), brandLogo=None, websiteType=None, webhookSecret=None)

    assert server.post(PATH, body).status_code == 202
    assert WebhookEndpoint.objects.get().get_decrypted("secret") == ""


@pytest.mark.parametrize("field", ["accountId", "businessCategory", "brandName", "webhookUrl"])
def test_a_missing_field_is_refused(server: PartnerServer, field: str) -> None:
    body = shop_body(UNKNOWN_ID)
    for value in (None, "", "  "):
        assert_error(server.post(PATH, {**body, field: value}), 400, REQUIRED)
    del body[field]
    assert_error(server.post(PATH, body), 400, REQUIRED)


@pytest.mark.parametrize("categories", [[], "Footwear", {"0": "Footwear"}, 5, True], ids=repr)
def test_categories_that_are_no_array_or_empty_are_missing(
    server: PartnerServer, categories: Any
) -> None:
    body = shop_body(UNKNOWN_ID, businessCategory=categories)

    assert_error(server.post(PATH, body), 400, REQUIRED)


@pytest.mark.parametrize("website_type", ["blog", "Ecommerce", "", 5, ["ecommerce"]])
def test_another_website_type_is_refused(server: PartnerServer, website_type: Any) -> None:
    body = shop_body(UNKNOWN_ID, websiteType=website_type)

    assert_error(server.post(PATH, body), 400, TYPE)


def test_invalid_categories_are_named_beside_the_valid_ones(server: PartnerServer) -> None:
    body = shop_body(UNKNOWN_ID, businessCategory=["Gaming", "Footwear", "Crypto", "Gaming"])

    document = assert_error(server.post(PATH, body), 400, "Invalid categories: Gaming, Crypto")
    assert document["validCategories"] == list(CATEGORIES)
    assert len(CATEGORIES) == 20


def test_more_than_five_categories_are_refused(server: PartnerServer) -> None:
    body = shop_body(UNKNOWN_ID, businessCategory=SIX)

    assert_error(server.post(PATH, body), 400, "Maximum 5 categories allowed per store.")


def test_duplicate_categories_are_dropped_before_they_are_counted(server: PartnerServer) -> None:
    body = shop_body(server.create(), businessCategory=[*SIX[:5], SIX[0], SIX[4]])

    assert server.post(PATH, body).status_code == 202
    assert Deployment.objects.get().categories == SIX[:5]


def test_the_first_thing_wrong_decides(server: PartnerServer) -> None:
    wrong = {"websiteType": "blog", "businessCategory": [*SIX, "Gaming"], "brandName": ""}
    mended: list[tuple[dict[str, Any], str]] = [
        ({}, REQUIRED),
        ({"brandName": "Nova"}, TYPE),
        ({"websiteType": "ecommerce"}, "Invalid categories: Gaming"),
        ({"businessCategory": SIX}, "Maximum 5 categories allowed per store."),
    ]
    body = shop_body(UNKNOWN_ID, **wrong)
    for mending, message in mended:
        body |= mending
        assert_error(server.post(PATH, body), 400, message)
    body["businessCategory"] = SIX[:5]
    assert_error(server.post(PATH, body), 404, NO_ACCOUNT)


@pytest.mark.parametrize("account_id", [UNKNOWN_ID, "nova", "0" * 23, "Z" * 24])
def test_an_account_that_does_not_exist_is_a_404(server: PartnerServer, account_id: str) -> None:
    assert_error(server.post(PATH, shop_body(account_id)), 404, NO_ACCOUNT)


def test_another_partners_account_does_not_exist(
    server: PartnerServer, stranger: PartnerServer
) -> None:
    theirs = assert_error(stranger.post(PATH, shop_body(server.create())), 404, NO_ACCOUNT)
    unknown = assert_error(stranger.post(PATH, shop_body(UNKNOWN_ID)), 404, NO_ACCOUNT)

    changing = {"timestamp", "requestId"}
    assert {k: v for k, v in theirs.items() if k not in changing} == {
        k: v for k, v in unknown.items() if k not in changing
    }
    assert not Website.objects.exists()


def test_a_second_website_of_an_account_is_a_409(server: PartnerServer) -> None:
    body = shop_body(server.create())
    server.post(PATH, body)

    assert_error(server.post(PATH, body), 409, EXISTS)
    assert WebhookDelivery.objects.count() == 1


def test_of_many_orders_at_once_one_is_accepted(
    server: PartnerServer, keys: Keys, threads: Callable[[int], int]
) -> None:
    body = shop_body(server.create())
    count = threads(30)

    responses = run_concurrently(count, lambda _: PartnerServer(keys.management).post(PATH, body))

    assert sorted(response.status_code for response in responses) == [202] + (count - 1) * [409]
    assert (Deployment.objects.count(), WebhookDelivery.objects.count()) == (1, 1)


def test_after_a_failure_a_retry_keeps_the_identifier(server: PartnerServer) -> None:
    body = shop_body(server.create())
    first = server.post(PATH, body).json()["identifier"]
    Deployment.objects.update(state="failed")

    response = server.post(PATH, {**body, "brandName": "Other Name"})

    assert (response.status_code, response.json()["identifier"]) == (202, first)
    assert_error(server.post(PATH, body), 409, EXISTS)
    assert sorted(Deployment.objects.values_list("state", flat=True)) == ["failed", "queued"]


def test_a_live_shop_is_never_deployed_again(server: PartnerServer) -> None:
    body = shop_body(server.create())
    server.post(PATH, body)
    Deployment.objects.update(state="live")

    assert_error(server.post(PATH, body), 409, EXISTS)


def test_the_same_idempotency_key_returns_the_first_response_again(server: PartnerServer) -> None:
    body = shop_body(server.create())
    first = server.post(PATH, body, **{"Idempotency-Key": "deploy-1"})

    again = server.post(PATH, body, **{"Idempotency-Key": "deploy-1"})

    assert (again.status_code, again.content) == (202, first.content)
    assert Deployment.objects.count() == 1
    other = server.post(PATH, {**body, "brandName": "B"}, **{"Idempotency-Key": "deploy-1"})
    assert_error(other, 409, "Idempotency-Key was already used with a different request")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("accountId", 5, "accountId must be a string"),
        ("brandName", ["Nova"], "brandName must be a string"),
        ("brandName", "n" * 201, "brandName must have at most 200 characters"),
        ("webhookUrl", {}, "webhookUrl must be a string"),
        ("brandLogo", 5, "brandLogo must be a string"),
        ("brandLogo", "nova.png", "brandLogo must be an http or https URL"),
        ("webhookSecret", 5, "webhookSecret must be a string"),
        ("webhookSecret", "s" * 257, "webhookSecret must have at most 256 characters"),
    ],
)
def test_a_field_of_a_wrong_form_is_named(
    server: PartnerServer, field: str, value: Any, message: str
) -> None:
    document = assert_error(
        server.post(PATH, shop_body(UNKNOWN_ID, **{field: value})), 400, message
    )
    assert document["field"] == field


def test_an_account_that_is_refused_a_shop_has_no_identifier(server: PartnerServer) -> None:
    server.post(PATH, shop_body(server.create(), websiteType="blog"))

    assert Account.objects.get().identifier is None
