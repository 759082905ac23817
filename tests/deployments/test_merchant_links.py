"""Revoking the auto-login links of accounts on the dashboard."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, AutoLoginLink
from tests.deployments.dashboard_pages import page
from tests.deployments.merchant_links import chat, link_of
from tests.merchants import PartnerServer

LIST = "/dashboard/accounts/"
CREDENTIALS = {"apiKey": "pk_live_Zq81nTf63xYc", "userId": "usr_Ht52mWk90"}


def test_a_revoked_link_no_longer_works(visitor: Client, server: PartnerServer, sarah: str) -> None:
    token, other = link_of(server, sarah), link_of(server, sarah)
    link = AutoLoginLink.objects.order_by("created_at").first()
    assert link
    path = reverse("auto-login-revoke", args=[sarah, link.pk])

    assert "Revoke this link?" in page(visitor, path)
    assert chat(token) == 200
    assert visitor.post(path).headers["Location"] == f"{LIST}{sarah}/"
    assert (chat(token), chat(other)) == (403, 200)
    entry = AuditEntry.objects.get(action="auto_login.revoked")
    assert (entry.actor, entry.target) == (actor_of(visitor), link.pk)
    assert "Revoked" in page(visitor, f"{LIST}{sarah}/")


def test_all_links_of_a_merchant_are_revoked_at_once(
    visitor: Client, server: PartnerServer, sarah: str
) -> None:
    other = server.create(5)
    tokens = [link_of(server, sarah) for _ in range(3)]
    kept = link_of(server, other)
    path = reverse("auto-login-revoke-all", args=[sarah])

    assert "Revoke 3 links?" in page(visitor, path)
    visitor.post(path)
    assert [chat(token) for token in tokens] == [403, 403, 403]
    assert chat(kept) == 200
    entry = AuditEntry.objects.get(action="auto_login.all_revoked")
    assert (entry.actor, entry.detail) == (actor_of(visitor), {"links": 3})


def actor_of(visitor: Client) -> str:
    return str(visitor.get(LIST).context["request"].user.email)


def test_a_link_can_be_revoked_only_under_its_account(
    visitor: Client, server: PartnerServer, sarah: str
) -> None:
    token = link_of(server, sarah)
    other = server.create(5)
    path = reverse("auto-login-revoke", args=[other, AutoLoginLink.objects.get().pk])

    assert visitor.post(path).status_code == 404
    assert chat(token) == 200
