"""The dashboard's pages by name, for the search."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from accounts.permissions import PartnerRequest, Permission
from config.pages.finders import MOST, Found, Hit


@dataclass(frozen=True, slots=True)
class Place:
    """`words` are further names under which it is looked for."""

    title: str
    page: str
    permission: Permission = Permission.SEE
    words: str = ""


_PLACES = (
    Place("Overview", "dashboard", words="home"),
    Place("API keys", "keys", words="tokens"),
    Place("New API key", "key-new", Permission.MANAGE_TEST_KEYS, words="create key"),
    Place("Live access", "live-access", words="approval"),
    Place("Points", "points", words="balance packages prices buy"),
    Place("Ledger", "ledger", words="points charges credits"),
    Place("Purchases", "purchases", Permission.BUY, words="invoices orders payments gst"),
    Place("Statements", "statements", Permission.BUY, words="points ledger"),
    Place("Usage", "usage", words="charts calls spend"),
    Place("Request log", "requests", Permission.SEE_CALLS, words="logs calls"),
    Place("Errors", "request-errors", Permission.SEE_CALLS, words="failed requests"),
    Place("Images", "operations", Permission.SEE_CALLS, words="pictures generations receipts"),
    Place("Accounts", "merchants", Permission.SEE_CALLS, words="merchants businesses"),
    Place("Deployments", "deployments", Permission.SEE_CALLS, words="sites shops"),
    Place("Webhooks", "webhooks", Permission.SEE_CALLS, words="events deliveries"),
    Place("Webhook endpoints", "webhook-endpoints", Permission.SEE_CALLS, words="receivers"),
    Place("Signature debugger", "webhook-signatures", Permission.SEE_CALLS, words="webhook hmac"),
    Place("Team", "team", words="members roles company"),
    Place("Time zone", "time-zone", Permission.BUY, words="company"),
    Place("Invite member", "invite-member", Permission.MANAGE_TEAM, words="invitation team"),
    Place("Audit trail", "audit", Permission.SEE_AUDIT, words="history changes"),
    Place("Billing", "billing-settings", Permission.BUY, words="gstin address details"),
    Place("Alerts", "alerts", words="notifications emails thresholds low balance settings"),
    Place("Alert history", "alert-history", words="notifications sent emails"),
    Place("Sign-in and security", "security", words="password passkey 2fa sessions"),
    Place("Help and status", "help", words="support docs documentation contact"),
)


def find_places(request: PartnerRequest, term: str) -> list[Found]:
    """Match the beginnings of words, in any order."""
    beginnings = term.lower().split()
    hits = [
        Hit(place.title, reverse(place.page))
        for place in _PLACES
        if request.can(place.permission) and _has(place, beginnings)
    ]
    return [Found("Pages", tuple(hits[:MOST]), "page")] if hits else []


def _has(place: Place, beginnings: list[str]) -> bool:
    words = f"{place.title} {place.words}".lower().split()
    return all(any(word.startswith(each) for word in words) for each in beginnings)
