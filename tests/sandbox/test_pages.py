"""Rows of a sandbox in pages, figures and lists, and what ends them."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.jobs import purge_test_accounts
from accounts.models import Account, AuditEntry, Member, Partner
from accounts.services.partners import deactivate_partner, reactivate_partner, rename_partner
from accounts.services.sandbox_accounts import delete_test_account
from config.admin.attention import registered_items
from config.admin.finders import registered_finders
from config.db.owned import sandbox_id
from deployments.jobs import purge_test_sites
from deployments.models import Deployment, Website
from deployments.pipeline import run_due
from integrations.models import WebhookDelivery
from tests.deployments.deployment_fakes import Fakes
from tests.factories import Keys
from tests.merchants import PartnerServer
from tests.sandbox.rows import fill
from tests.staff import superuser
from tests.test_isolation import (
    DEPLOY,
)
from tests.users import browser_of, create_user


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

    Website.objects.update(created_at=timezone.now() - timedelta(days=7))
    purge_test_sites()
    run_due()

    assert {name for name, _ in fakes.target.published} == {live["shop"]}
    assert sandbox.get(f"deployments/{test['shop']}").status_code == 404
    assert sandbox.read(test["account"])["identifier"] is None
    again = sandbox.post("createAndDeploy", {**DEPLOY, "accountId": test["account"]})
    assert again.status_code == 202

    for days, kept in ((89, 1), (90, 1)):  # the shop that it has again keeps it
        age_accounts(days)
        purge_test_accounts()
        assert Account.objects.of_sandboxes().count() == kept
    Website.objects.of_sandboxes().update(created_at=timezone.now() - timedelta(days=7))
    purge_test_sites()
    purge_test_accounts()
    assert Account.objects.of_sandboxes().count() == 1, "it had a shop until now"
    later = sandbox.create(5)
    for days, kept in ((89, 2), (90, 0)):
        age_accounts(days)
        if not kept:
            delete_test_account(account=Account.objects.get(pk=later))
            assert Account.objects.of_sandboxes().get().pk == test["account"]
        purge_test_accounts()
        assert Account.objects.of_sandboxes().count() == kept
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
