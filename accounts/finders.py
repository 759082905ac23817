"""Finders of keys, requests, accounts and members."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from accounts.emails import normalize_email
from accounts.models import Account, ApiKey, Member, RequestLog
from accounts.models.account import AccountQuerySet
from accounts.permissions import Permission
from config.db.encryption import report_undecryptable
from config.db.owned import is_sandbox, sandbox_id
from config.pages.finders import ID, MOST, NAME, Hit, finder

_EMAIL = r"[^@\s]+@[^@\s]+"
_PHONE = r"\+?[\d\s().-]{7,24}"


@finder(kind=gettext_lazy("API keys"), icon="key", form=ID, permission=Permission.SEE)
def keys_by_id(request: Any, term: str) -> Iterable[Hit]:
    return [_key(key) for key in ApiKey.objects.of(request.partner.pk).filter(pk=term.lower())]


@finder(kind=gettext_lazy("API keys"), icon="key", form=NAME, permission=Permission.SEE)
def keys_by_name(request: Any, term: str) -> Iterable[Hit]:
    """A partner has few keys: by name, or by the last four characters."""
    keys = ApiKey.objects.of(request.partner.pk)
    found = keys.filter(name__icontains=term) | keys.filter(last_four=term[-4:])
    return [_key(key) for key in found.order_by("revoked_at", "-created_at")[:MOST]]


@finder(
    kind=gettext_lazy("Requests"), icon="log", form=r"[\w.-]{8,64}", permission=Permission.SEE_CALLS
)
def requests_by_id(request: Any, term: str) -> Iterable[Hit]:
    """Our ID, or the caller's own."""
    rows = RequestLog.objects.of(request.partner.pk)
    return [
        Hit(f"{row.method} {row.path}", reverse("request", args=[row.pk]), str(row.status))
        for row in rows.with_request_id(term).order_by("-at")[:MOST]
    ]


@finder(kind=gettext_lazy("Requests"), icon="log", form=ID, permission=Permission.SEE_CALLS)
def requests_by_row(request: Any, term: str) -> Iterable[Hit]:
    return [
        Hit(f"{row.method} {row.path}", reverse("request", args=[row.pk]), str(row.status))
        for row in RequestLog.objects.of(request.partner.pk).filter(pk=term.lower())
    ]


@finder(kind=gettext_lazy("Accounts"), icon="account", form=ID, permission=Permission.SEE_CALLS)
def accounts_by_id(request: Any, term: str) -> Iterable[Hit]:
    return _accounts(Account.objects.of_both(request.partner.pk).filter(pk=term.lower()))


@finder(kind=gettext_lazy("Accounts"), icon="account", form=_EMAIL, permission=Permission.SEE_CALLS)
def accounts_by_email(request: Any, term: str) -> Iterable[Hit]:
    for owner in (request.partner.pk, sandbox_id(request.partner.pk)):
        yield from _accounts(Account.objects.of(owner).with_email(term, owner=owner))


@finder(kind=gettext_lazy("Accounts"), icon="account", form=_PHONE, permission=Permission.SEE_CALLS)
def accounts_by_phone(request: Any, term: str) -> Iterable[Hit]:
    for owner in (request.partner.pk, sandbox_id(request.partner.pk)):
        yield from _accounts(Account.objects.of(owner).with_phone(term, owner=owner))


@finder(kind=gettext_lazy("Accounts"), icon="account", form=NAME, permission=Permission.SEE_CALLS)
def accounts_by_name(request: Any, term: str) -> Iterable[Hit]:
    """The business name: beginnings of words, with one typing error in each."""
    for owner in (request.partner.pk, sandbox_id(request.partner.pk)):
        yield from _accounts(Account.objects.of(owner).named(term, owner=owner))


@finder(kind=gettext_lazy("Team"), icon="team", form=_EMAIL, permission=Permission.SEE)
def members_by_email(request: Any, term: str) -> Iterable[Hit]:
    members = Member.objects.of(request.partner.pk).filter(user__email=normalize_email(term))
    return [
        Hit(row.user.get_full_name(), reverse("team"), row.get_role_display())
        for row in members.select_related("user")
    ]


def _key(key: ApiKey) -> Hit:
    state = gettext("Revoked") if key.revoked_at else key.get_environment_display()
    return Hit(key.name or f"…{key.last_four}", reverse("key", args=[key.pk]), str(state))


def _accounts(rows: AccountQuerySet) -> list[Hit]:
    hits = []
    for account in rows[:MOST]:
        name = account.pk
        with report_undecryptable():
            name = account.read_profile().get("businessName") or account.get_decrypted("email")
        detail = gettext("Test") if is_sandbox(account.partner_id) else account.identifier or ""
        hits.append(Hit(name, reverse("merchant", args=[account.pk]), detail))
    return hits
