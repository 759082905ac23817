"""The dashboard's pages by name, for the search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, override, pgettext_lazy

from accounts.permissions import PartnerRequest, Permission
from config.dashboard.guides import has_beginnings
from config.pages.finders import MOST, Found, Hit

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Place:
    """`words` are further names under which it is looked for."""

    title: StrOrPromise
    page: str
    permission: Permission = Permission.SEE
    words: StrOrPromise = ""


_PLACES = (
    # Translators: those of the context "search" are further names under which people look for a
    # page: give words of your language, separated by spaces, as many as you need.
    Place(gettext_lazy("Overview"), "dashboard", words=pgettext_lazy("search", "home")),
    Place(gettext_lazy("API keys"), "keys", words=pgettext_lazy("search", "tokens")),
    Place(
        gettext_lazy("New API key"),
        "key-new",
        Permission.MANAGE_TEST_KEYS,
        words=pgettext_lazy("search", "create key"),
    ),
    Place(gettext_lazy("Live access"), "live-access", words=pgettext_lazy("search", "approval")),
    Place(
        gettext_lazy("Points"),
        "points",
        words=pgettext_lazy("search", "balance packages prices buy"),
    ),
    Place(
        gettext_lazy("Ledger"), "ledger", words=pgettext_lazy("search", "points charges credits")
    ),
    Place(
        gettext_lazy("Purchases"),
        "purchases",
        Permission.BUY,
        words=pgettext_lazy("search", "invoices orders payments gst"),
    ),
    Place(
        gettext_lazy("Statements"),
        "statements",
        Permission.BUY,
        words=pgettext_lazy("search", "points ledger"),
    ),
    Place(gettext_lazy("Usage"), "usage", words=pgettext_lazy("search", "charts calls spend")),
    Place(
        gettext_lazy("Request log"),
        "requests",
        Permission.SEE_CALLS,
        words=pgettext_lazy("search", "logs calls"),
    ),
    Place(
        gettext_lazy("Errors"),
        "request-errors",
        Permission.SEE_CALLS,
        words=pgettext_lazy("search", "failed requests"),
    ),
    Place(
        gettext_lazy("Images"),
        "operations",
        Permission.SEE_CALLS,
        words=pgettext_lazy("search", "pictures generations receipts"),
    ),
    Place(
        gettext_lazy("Accounts"),
        "merchants",
        Permission.SEE_CALLS,
        words=pgettext_lazy("search", "merchants businesses"),
    ),
    Place(
        gettext_lazy("Deployments"),
        "deployments",
        Permission.SEE_CALLS,
        words=pgettext_lazy("search", "sites shops"),
    ),
    Place(
        gettext_lazy("Webhooks"),
        "webhooks",
        Permission.SEE_CALLS,
        words=pgettext_lazy("search", "events deliveries"),
    ),
    Place(
        gettext_lazy("Webhook endpoints"),
        "webhook-endpoints",
        Permission.SEE_CALLS,
        words=pgettext_lazy("search", "receivers"),
    ),
    Place(
        gettext_lazy("Signature debugger"),
        "webhook-signatures",
        Permission.SEE_CALLS,
        words=pgettext_lazy("search", "webhook hmac"),
    ),
    Place(gettext_lazy("Team"), "team", words=pgettext_lazy("search", "members roles company")),
    Place(
        gettext_lazy("Time zone"),
        "time-zone",
        Permission.BUY,
        words=pgettext_lazy("search", "company"),
    ),
    Place(
        gettext_lazy("Invite member"),
        "invite-member",
        Permission.MANAGE_TEAM,
        words=pgettext_lazy("search", "invitation team"),
    ),
    Place(
        gettext_lazy("Audit trail"),
        "audit",
        Permission.SEE_AUDIT,
        words=pgettext_lazy("search", "history changes"),
    ),
    Place(
        gettext_lazy("Billing"),
        "billing-settings",
        Permission.BUY,
        words=pgettext_lazy("search", "gstin address details"),
    ),
    Place(
        gettext_lazy("Alerts"),
        "alerts",
        words=pgettext_lazy("search", "notifications emails thresholds low balance settings"),
    ),
    Place(
        gettext_lazy("Alert history"),
        "alert-history",
        words=pgettext_lazy("search", "notifications sent emails"),
    ),
    Place(
        gettext_lazy("Sign-in and security"),
        "security",
        words=pgettext_lazy("search", "password passkey 2fa sessions"),
    ),
    Place(
        gettext_lazy("Help and status"),
        "help",
        words=pgettext_lazy("search", "support docs documentation contact"),
    ),
)


def find_places(request: PartnerRequest, term: str) -> list[Found]:
    """Match the beginnings of words, in any order."""
    hits = [
        Hit(str(place.title), reverse(place.page))
        for place in _PLACES
        if request.can(place.permission) and _has(place, term)
    ]
    return [Found(gettext("Pages"), tuple(hits[:MOST]), "page")] if hits else []


def _has(place: Place, term: str) -> bool:
    """Look in the names of the current language, and in the English ones, which many type."""
    with override(settings.LANGUAGE_CODE):
        english = f"{place.title} {place.words}"
    return has_beginnings(f"{place.title} {place.words} {english}", term)
