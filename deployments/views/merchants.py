"""A partner's merchants: the list, and one with everything related to the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, gettext_lazy

from accounts.exports import limited_export
from accounts.models import Account
from accounts.permissions import PartnerRequest, Permission, partner_view
from config.db.encryption import report_undecryptable
from config.db.keyset import Keyset
from config.db.owned import is_sandbox
from config.pages.addresses import tidy_address
from config.pages.exports import Columns, export_list, time_columns, utc
from config.pages.pagination import paginate
from config.pages.preferences import owner_in_mode
from config.pages.streaming import read_in_chunks
from deployments.forms import MerchantFilterForm
from deployments.models import Deployment
from deployments.site import Site, find_sites
from deployments.timeline import total
from integrations.models import ConnectionEvent

_SORTS = {"newest": "-created_at", "oldest": "created_at"}
_NEWEST_FIRST = Keyset("created_at", descending=True)
#: Links and deployments shown per account, newest first.
_MOST = 50
#: Events shown per integration.
_MOST_EVENTS = 20
#: Text members of a profile, with their labels.
_TEXTS = {
    "legalName": gettext_lazy("Legal name"),
    "typeOfBusiness": gettext_lazy("Type of business"),
    "businessCategory": gettext_lazy("Category"),
    "about": gettext_lazy("About"),
    "currency": gettext_lazy("Currency"),
}
_ADDRESS = ("addLineOne", "addLineTwo", "city", "pincode", "state", "country")


@dataclass(frozen=True, slots=True)
class Merchant:
    """An account and its personal data, decrypted for this page alone; empty if that fails."""

    account: Account
    email: str
    phone: str
    profile: dict[str, Any]

    @classmethod
    def read(cls, account: Account) -> Self:
        with report_undecryptable():
            email, profile = account.get_decrypted("email"), account.read_profile()
            return cls(account, email, account.dialable_phone, profile)
        return cls(account, "", "", {})

    @property
    def created_at(self) -> datetime:
        return self.account.created_at

    @property
    def is_readable(self) -> bool:
        return bool(self.email)

    @property
    def person(self) -> str:
        names = (self.profile.get("firstName"), self.profile.get("lastName"))
        return " ".join(filter(None, names))

    @property
    def business(self) -> str:
        return str(self.profile.get("businessName", ""))

    @property
    def title(self) -> str:
        unnamed = gettext("Account %(id)s") % {"id": self.account.id}
        return self.business or self.person or self.email or unnamed

    def details(self) -> list[tuple[str, str]]:
        """Return further profile data by label."""
        texts = [(str(label), self.profile.get(name)) for name, label in _TEXTS.items()]
        texts.append(
            (gettext("Subcategories"), ", ".join(self.profile.get("businessSubCategory", [])))
        )
        address = self.profile.get("address") or {}
        texts.append((gettext("Address"), ", ".join(filter(None, map(address.get, _ADDRESS)))))
        texts.append((gettext("Domains"), ", ".join(self.profile.get("domains", []))))
        return [(label, str(text)) for label, text in texts if text]


_COLUMNS: Columns = {
    "account": lambda merchant: merchant.account.id,
    "business": lambda merchant: merchant.business,
    "person": lambda merchant: merchant.person,
    "email": lambda merchant: merchant.email,
    "phone": lambda merchant: merchant.phone,
    "shop": lambda merchant: merchant.account.identifier or "",
    "updated_utc": lambda merchant: utc(merchant.account.updated_at),
}


@partner_view(Permission.SEE_CALLS)
@tidy_address
def merchants(request: PartnerRequest) -> HttpResponse:
    """List accounts, newest first; only those of the page are decrypted."""
    owner = owner_in_mode(request)
    form = MerchantFilterForm(request.GET, owner=owner)
    accounts = form.filter_queryset(Account.objects.of(owner))
    page = paginate(accounts, request.GET, sorts=_SORTS)
    sites = find_sites(owner, page.rows)
    rows = [(Merchant.read(account), sites.get(account.pk)) for account in page]
    return render(request, "merchants/list.html", {"form": form, "page": page, "merchants": rows})


@partner_view(Permission.SEE_CALLS)
@limited_export
def merchants_csv(request: PartnerRequest) -> HttpResponseBase:
    """Stream the matching accounts, each decrypted when its line is sent."""
    owner = owner_in_mode(request)
    form = MerchantFilterForm(request.GET, owner=owner)
    accounts = form.filter_queryset(Account.objects.of(owner))
    chunks = map(Merchant.read, read_in_chunks(accounts, _NEWEST_FIRST))
    columns = {**time_columns("created_at"), **_COLUMNS}
    return export_list(request, form, chunks, columns, page="merchants", name="accounts")


@partner_view(Permission.SEE_CALLS)
def merchant(request: PartnerRequest, account_id: str) -> HttpResponse:
    """Show one account: profile, shop, integrations, auto-login links, deployments."""
    account = get_object_or_404(Account.objects.of_both(request.partner.id), pk=account_id)
    links = account.auto_login_links.select_related("key").order_by("-created_at", "-id")
    connections = account.connections.select_related("integration").defer("credentials")
    deployments = (
        Deployment.objects.of(account.partner_id)
        .filter(website__account=account)
        .select_related("website")
    )
    newest = list(deployments.order_by("-created_at", "-id")[:_MOST])
    context = {
        "merchant": Merchant.read(account),
        "account": account,
        "is_test": is_sandbox(account.partner_id),
        "site": Site.of_newest(newest),
        "connections": connections.prefetch_related(_newest_events()).order_by("-connected_at"),
        "links": links[:_MOST],
        "live_links": account.auto_login_links.active().count(),
        "deployments": [(row, total(row)) for row in newest],
        "most": _MOST,
    }
    return render(request, "merchants/detail.html", context)


def _newest_events() -> Prefetch[Any]:
    """Return the last events of each integration; frequent reconnects must not fill the page."""
    events = ConnectionEvent.objects.of_all().select_related("key")[:_MOST_EVENTS]
    return Prefetch("events", events, to_attr="newest_events")
