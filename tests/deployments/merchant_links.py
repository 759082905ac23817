"""Auto-login links, as a partner's server makes them and a merchant opens them."""

from __future__ import annotations

from django.test import Client

from tests.merchants import PartnerServer


def link_of(server: PartnerServer, account_id: str) -> str:
    """Create an auto-login link and return its token."""
    response = server.post("generateAutoLoginUrl", {"accountId": account_id})
    return str(response.json()["redirectUrl"].partition("token=")[2])


def chat(token: str) -> int:
    return Client().get("/chat", {"token": token}).status_code
