"""Test keys of the management API: their answers are those of live keys, their rows are apart."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.endpoints import permissions_for
from accounts.jobs import purge_test_accounts
from accounts.models import Account, AuditEntry, Member, Partner
from accounts.services.partners import deactivate_partner, reactivate_partner, rename_partner
from config.admin.attention import registered_items
from config.admin.finders import registered_finders
from config.db.owned import is_sandbox, sandbox_id
from deployments.jobs import purge_test_sites
from deployments.models import Deployment, Website
from deployments.pipeline import run_due
from integrations.models import WebhookDelivery
from tests.deployments.deployment_fakes import Fakes, install_fakes
from tests.factories import Keys, partner_with_keys
from tests.merchants import EXAMPLE, UNKNOWN_ID, PartnerServer, merchant
from tests.staff import superuser
from tests.test_isolation import (
    CALLS,
    CONNECT,
    DEPLOY,
    UNKNOWN,
    Names,
    ask,
    rows,
)
from tests.test_isolation import without_timestamp as comparable
from tests.users import browser_of, create_user

#: Digits that differ between two runs of the same calls: ids, ciphertexts, tails of identifiers.
_VARYING = re.compile(
    r"[0-9a-f]{24,32}|v\d+\.[\w-]{20,}|token=[\w.-]+|nova-[a-z0-9]{6}"
    r"|\d{4}-\d\d-\d\dT[\d:.]+Z|\"minute\";r=.*|(?<=lastFour\":\")\w+|(?<=resetSeconds\":)\d+"
)


@pytest.fixture
def sandbox(keys: Keys) -> PartnerServer:
    """Return a client with the test key of the partner of `server`."""
    return PartnerServer(keys.management_test)


def use_everything(by: PartnerServer) -> list[Any]:
    """Make each call of the management API, right and wrong, and return the answers."""
    answers = [by.post("createAccount", EXAMPLE), by.post("createAccount", EXAMPLE)]
    account = answers[0].json()["accountId"]
    answers += [
        by.post("createAccount", merchant(1), **{"Idempotency-Key": "one"}),
        by.post("createAccount", merchant(1), **{"Idempotency-Key": "one"}),
        by.post("createAccount", {"email": "x"}),
        by.put("updateAccount", {"accountId": account, "firstName": "Sara"}),
        by.put("updateAccount", {"accountId": account, "email": "merchant1@example.com"}),
        by.get(f"getAccount/{account}"),
        by.get("getAccount/nothing"),
        by.get("accounts"),
        by.get("isAccountCreated", email=EXAMPLE["email"]),
        by.get("isAccountCreated", phone="+919876543210"),
        by.get("isAccountCreated", phone="1112223333"),
        by.post("connectIntegration", {**CONNECT, "shopIQAccountId": account}),
        by.post("connectIntegration", {}),
        by.get("integrationStatus", shopIQAccountId=account),
        by.post("disconnectIntegration", {**CONNECT, "shopIQAccountId": account}),
        by.post("generateAutoLoginUrl", {"email": EXAMPLE["email"]}),
        by.post("generateAutoLoginUrl", {"phone": "9876543210"}),
        by.get("autoLoginLinks", accountId=account),
        by.post("revokeAutoLoginLinks", {"accountId": account}),
        by.post("createAndDeploy", {**DEPLOY, "accountId": account}),
        by.post("createAndDeploy", {**DEPLOY, "accountId": account}),
        by.post("createAndDeploy", {**DEPLOY, "accountId": UNKNOWN_ID}),
        by.get("deployments"),
        by.get("deployments/nowhere-000000"),
        by.get("events"),
        by.get(f"events/{UNKNOWN_ID}"),
        by.get("webhooks"),
        by.post("webhooks/test", {"webhookId": UNKNOWN_ID}),
        by.get("me"),
        by.get("nowhere"),
        by.send("PATCH", "accounts"),
    ]
    identifier = answers[-12].json()["identifier"]
    answers.append(by.get(f"deployments/{identifier}"))
    answers.append(by.delete("deleteAccount", {"accountId": account}))
    return answers


def change_a_shop(by: PartnerServer) -> list[Any]:
    """Make each call about a live shop and its webhooks, and return the answers."""
    account = by.create(2, domains=["shop.nova.example"])
    deployed = by.post("createAndDeploy", {**DEPLOY, "accountId": account})
    run_due()
    shop = f"deployments/{deployed.json()['identifier']}"
    webhook = by.get("webhooks").json()["data"][0]["webhookId"]
    answers = [
        by.get(shop),
        by.post(f"{shop}/rollback", {}),
        by.post(f"{shop}/cancel", {}),
        by.post(f"{shop}/rebuild", {"brandName": "Nova Living", "externalId": "a-1"}),
        by.post(f"{shop}/rebuild", {"language": "xx"}),
        by.post(f"{shop}/rebuild", {}),
        by.post(f"{shop}/cancel", {}),
        by.get(shop),
        by.get(f"{shop}/domains"),
        by.post(f"{shop}/domains/verify", {}),
        by.put(f"{shop}/webhook", {"webhookSecret": "another", "overlapHours": 1}),
        by.put("webhooks/default", {"webhookUrl": "http://127.0.0.1:9/all"}),
        by.post("webhooks/test", {"event": "deployment.failed"}),
        by.post(f"webhooks/{webhook}/enable", {}),
        by.put(f"webhooks/{webhook}", {"webhookUrl": "http://127.0.0.1:9/moved"}),
        by.post("webhooks/resend", {}),
        by.get("webhooks"),
        by.get("events"),
        by.get("events", endpoint="default"),
        by.post("webhooks/default/remove", {}),
        by.post("webhooks/default/remove", {}),
    ]
    by.post(f"{shop}/rebuild", {})
    run_due()
    answers += [by.get(shop), by.post(f"{shop}/rollback", {})]
    run_due()
    return [*answers, by.get(shop), by.get("events")]


def shape(answer: Any) -> Any:
    """Return status, headers and body, with `0` for what differs between two runs."""
    body = _VARYING.sub("0", answer.content.decode())
    headers = {name: _VARYING.sub("0", value) for name, value in answer.headers.items()}
    headers.pop("Content-Length", None)
    return answer.status_code, headers, json.loads(body)


def is_like_live(test: Any, live: Any) -> bool:
    """Return whether nothing differs but what says that it is a test."""
    (status, headers, body), (live_status, live_headers, live_body) = shape(test), shape(live)
    text = json.dumps(body).replace(".test.localhost", ".localhost")
    text = text.replace(".test/", "/")
    text = text.replace(".test.dev.localhost", ".dev.localhost").replace('"testMode": true, ', "")
    text = text.replace(', "testMode": true', "").replace("management_test", "management")
    return (status, headers, json.loads(text)) == (live_status, live_headers, live_body)


def test_answers_are_those_of_live_keys_but_for_test_mode(
    server: PartnerServer, sandbox: PartnerServer
) -> None:
    for test, live in zip(use_everything(sandbox), use_everything(server), strict=True):
        assert is_like_live(test, live), (test.content, live.content)
        is_known = live.json().get("message") != "Not found"
        assert test.json().get("testMode") is (True if is_known else None)
        assert "testMode" not in live.content.decode()


def test_calls_about_a_live_shop_are_those_of_live_keys_too(
    server: PartnerServer, sandbox: PartnerServer, fakes: Fakes
) -> None:
    for test, live in zip(change_a_shop(sandbox), change_a_shop(server), strict=True):
        assert is_like_live(test, live), (test.content, live.content)
        assert test.json()["testMode"] is True


def test_every_endpoint_is_used(server: PartnerServer, fakes: Fakes) -> None:
    answers = [*use_everything(server), *change_a_shop(server)]
    routes = filter(None, (each.wsgi_request.resolver_match for each in answers))
    used = {getattr(route.func.cls, "endpoint", None) for route in routes}

    assert used >= permissions_for("management")


@pytest.fixture(params=["live rows, test key", "test rows, live key", "test rows, other test key"])
def across(
    request: pytest.FixtureRequest, server: PartnerServer, sandbox: PartnerServer
) -> tuple[PartnerServer, PartnerServer]:
    """Return the client that owns rows, and one that asks for them from another namespace."""
    if request.param.startswith("live"):
        return server, sandbox
    is_live = request.param.endswith("live key")
    return sandbox, server if is_live else PartnerServer(partner_with_keys().management_test)


def fill(by: PartnerServer) -> Names:
    """Make an account with all that an account can have."""
    mobile = {"value": "9876543210", "countryCode": 91}
    account = by.create(email="nova@example.com", mobileNumber=mobile)
    by.post("connectIntegration", {**CONNECT, "shopIQAccountId": account})
    link = by.post("generateAutoLoginUrl", {"accountId": account}).json()["linkId"]
    shop = by.post("createAndDeploy", {**DEPLOY, "accountId": account}).json()["identifier"]
    event = by.get("events").json()["data"][-1]["eventId"]
    webhook = by.get("webhooks").json()["data"][-1]["webhookId"]
    return {
        "account": account,
        "email": "nova@example.com",
        "phone": "9876543210",
        "link": link,
        "shop": shop,
        "event": event,
        "webhook": webhook,
    }


def test_ids_of_another_namespace_are_unknown(across: tuple[PartnerServer, PartnerServer]) -> None:
    owner, other = across
    names = fill(owner)
    before = rows(names["account"])
    own = {"own": other.create(9)}
    for call in CALLS:
        theirs, unknown = ask(other, call, {**names, **own}), ask(other, call, {**UNKNOWN, **own})

        assert theirs.status_code in (400, 404), call
        assert comparable(theirs) == comparable(unknown), call
    for path in ("deployments", "events"):
        assert other.get(path).json()["data"] == []
    assert [each["_id"] for each in other.get("accounts").json()["data"]] == [own["own"]]
    for query in ({"email": names["email"]}, {"phone": names["phone"]}):
        assert other.get("isAccountCreated", **query).json()["isCreated"] is False
        assert owner.get("isAccountCreated", **query).json()["isCreated"] is True
    assert rows(names["account"]) == before


def test_each_namespace_has_its_own_unique_addresses(
    across: tuple[PartnerServer, PartnerServer],
) -> None:
    owner, other = across
    owner.create(1)
    other.create(1)

    assert owner.post("createAccount", merchant(1)).status_code == 409
    assert other.post("createAccount", merchant(1)).status_code == 409


def test_idempotency_keys_of_live_and_test_are_apart(
    server: PartnerServer, sandbox: PartnerServer
) -> None:
    first = server.post("createAccount", merchant(1), **{"Idempotency-Key": "same"})
    second = sandbox.post("createAccount", merchant(1), **{"Idempotency-Key": "same"})

    assert first.json()["accountId"] != second.json()["accountId"]
    assert "Idempotent-Replayed" not in second.headers


def test_every_row_of_a_test_call_belongs_to_the_sandbox(
    keys: Keys, sandbox: PartnerServer
) -> None:
    use_everything(sandbox)
    fill(sandbox)

    for model in (Account, Website, Deployment, WebhookDelivery):
        owners = set(model._default_manager.values_list("partner_id", flat=True))
        assert owners == {sandbox_id(keys.partner.id)}


def test_events_say_that_they_are_a_test(server: PartnerServer, sandbox: PartnerServer) -> None:
    fill(server)
    fill(sandbox)

    for delivery in WebhookDelivery.objects.all():
        payload = json.loads(bytes(delivery.body))
        assert payload.get("testMode") is (True if is_sandbox(delivery.partner_id) else None)


def test_test_calls_have_rate_counters_of_their_own(
    server: PartnerServer, sandbox: PartnerServer
) -> None:
    before = server.get("me").json()["data"]["limits"]["day"]["remaining"]
    sandbox.get("accounts")
    sandbox.get("accounts")

    assert server.get("me").json()["data"]["limits"]["day"]["remaining"] == before - 1


def test_the_audit_trail_of_the_company_has_the_actions_of_its_test_keys(
    keys: Keys, sandbox: PartnerServer
) -> None:
    sandbox.create()

    [entry] = AuditEntry.objects.filter(action="account.created")
    assert entry.partner_id == keys.partner.id
    assert entry.detail["testMode"] is True


def test_a_sandbox_is_no_partner_but_has_its_name_and_state(keys: Keys) -> None:
    partner = keys.partner
    sandbox = Partner.with_sandboxes.get(sandbox_of=partner)

    rename_partner(partner=partner, name="Nova", actor="test")
    deactivate_partner(partner=partner, actor="test", reason="test")
    sandbox.refresh_from_db()
    assert (sandbox.name, sandbox.is_active) == ("Nova", False)
    reactivate_partner(partner=partner, actor="test")
    sandbox.refresh_from_db()
    assert sandbox.is_active
    assert list(Partner.objects.all()) == [partner]


def test_no_figure_or_search_of_staff_has_test_rows(sandbox: PartnerServer) -> None:
    before = [item.read() for item in registered_items()]
    names = fill(sandbox)
    Deployment.objects.update(state="failed", ended_at=timezone.now())
    WebhookDelivery.objects.update(state="failed", due_at=None, ended_at=timezone.now())

    for term in (value for name, value in names.items() if name != "webhook"):
        fitting = [each for each in registered_finders() if each.form.fullmatch(term)]
        assert fitting
        assert [hit for each in fitting for hit in each.find(term)] == []
    assert [item.read() for item in registered_items()] == before


def test_lists_of_staff_show_test_rows_only_when_asked(sandbox: PartnerServer) -> None:
    shop = fill(sandbox)["shop"]
    staff = superuser()
    url = reverse("admin:deployments_website_changelist")

    assert shop not in staff.get(url).content.decode()
    listed = staff.get(url, {"mode": "test"}).content.decode()
    assert shop in listed
    assert "(test)" in listed


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Fakes:
    return install_fakes(monkeypatch)


def test_test_shops_are_published_on_hosts_of_their_own(
    sandbox: PartnerServer, fakes: Fakes
) -> None:
    shop = fill(sandbox)["shop"]
    run_due()

    assert {name for name, _ in fakes.target.published} == {f"{shop}.test"}
    data = sandbox.get(f"deployments/{shop}").json()["data"]
    assert urlsplit(data["productionUrl"]).hostname == f"{shop}.test.localhost"
    assert urlsplit(data["previewUrl"]).hostname == f"{shop}.test.dev.localhost"


def test_test_shops_are_deleted_after_a_week_and_unused_accounts_after_ninety_days(
    server: PartnerServer, sandbox: PartnerServer, fakes: Fakes
) -> None:
    live, test = fill(server), fill(sandbox)
    run_due()
    Website.objects.update(created_at=timezone.now() - timedelta(days=6))
    purge_test_sites()
    assert Website.objects.count() == 2

    Website.objects.update(created_at=timezone.now() - timedelta(days=8))
    purge_test_sites()
    run_due()

    assert {name for name, _ in fakes.target.published} == {live["shop"]}
    assert sandbox.get(f"deployments/{test['shop']}").status_code == 404
    assert sandbox.read(test["account"])["identifier"] is None
    again = sandbox.post("createAndDeploy", {**DEPLOY, "accountId": test["account"]})
    assert again.status_code == 202

    for days, kept in ((89, 1), (91, 1)):  # the shop that it has again keeps it
        age_accounts(days)
        purge_test_accounts()
        assert Account.objects.of_sandboxes().count() == kept
    Website.objects.of_sandboxes().update(created_at=timezone.now() - timedelta(days=8))
    purge_test_sites()
    purge_test_accounts()
    assert Account.objects.of_sandboxes().count() == 1, "it had a shop until now"
    age_accounts(91)
    purge_test_accounts()
    assert not Account.objects.of_sandboxes().exists()
    assert sandbox.get(f"getAccount?accountId={test['account']}").status_code == 404
    assert server.read(live["account"])["identifier"] == live["shop"]


def age_accounts(days: int) -> None:
    Account.objects.update(updated_at=timezone.now() - timedelta(days=days))


def test_webhook_endpoints_of_test_shops_have_their_pages(
    keys: Keys, server: PartnerServer, sandbox: PartnerServer
) -> None:
    live, test = fill(server)["webhook"], fill(sandbox)["webhook"]
    owner = browser_of(create_user(keys.partner))

    for mode, shown, hidden in (("", live, test), ("test", test, live)):
        content = owner.get(reverse("webhook-endpoints"), {"mode": mode}).content.decode()
        assert reverse("webhook-endpoint", args=[shown]) in content
        assert hidden not in content
    assert '<span class="badge">Test</span>' in (
        owner.get(reverse("webhook-endpoint", args=[test])).content.decode()
    )
    owner.post(reverse("webhook-test", args=[test]), {"event": "webhook.test"})
    sent = WebhookDelivery.objects.get(event="webhook.test")
    assert sent.partner_id == sandbox_id(keys.partner.id)


PAGES = {"merchants": "account", "deployments": "shop", "webhooks": "event"}


@pytest.mark.parametrize("page", PAGES)
def test_lists_of_the_dashboard_show_live_or_test_rows(
    keys: Keys, server: PartnerServer, sandbox: PartnerServer, page: str
) -> None:
    live, test = fill(server)[PAGES[page]], fill(sandbox)[PAGES[page]]
    owner = browser_of(create_user(keys.partner))

    shown = owner.get(reverse(page)).content.decode()
    assert live in shown
    assert test not in shown
    shown = owner.get(reverse(page), {"mode": "test"}).content.decode()
    assert test in shown
    assert live not in shown


def test_pages_of_test_rows_say_so(keys: Keys, sandbox: PartnerServer) -> None:
    names = fill(sandbox)
    owner = browser_of(create_user(keys.partner))
    for page, row in (
        ("merchant", names["account"]),
        ("deployment", Deployment.objects.get().id),
        ("webhook", names["event"]),
    ):
        assert (
            '<span class="badge">Test</span>'
            in owner.get(reverse(page, args=[row])).content.decode()
        )


def test_members_can_act_on_test_rows(keys: Keys, sandbox: PartnerServer) -> None:
    names = fill(sandbox)
    owner = browser_of(create_user(keys.partner))

    resent = owner.post(reverse("webhook-resend", args=[names["event"]]))
    revoked = owner.post(reverse("auto-login-revoke-all", args=[names["account"]]))

    assert (resent.status_code, revoked.status_code) == (302, 302)
    entries = AuditEntry.objects.filter(action__in=["webhook.resent", "auto_login.all_revoked"])
    assert {entry.partner_id for entry in entries} == {keys.partner.id}
    assert len(entries) == 2


def test_developers_create_and_revoke_test_keys_of_the_management_api(keys: Keys) -> None:
    developer = browser_of(create_user(keys.partner, Member.Role.DEVELOPER))
    url = reverse("key-new-management-test")
    form = developer.get(url).context["form"]
    body = {
        "name": "CI",
        "expiry": "never",
        "access": "all",
        "networks": "",
        "token": form["token"].value(),
    }

    shown = developer.post(url, body).context
    assert shown["secret"].startswith("sq_mgmt_test_")
    assert PartnerServer(shown["secret"]).get("accounts").json()["testMode"] is True
    assert "CI" in developer.get(reverse("keys")).content.decode()
