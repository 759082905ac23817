"""Finders of partners, people, keys, merchants' accounts and requests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import QuerySet

from accounts.emails import normalize_email
from accounts.models import Account, ApiKey, AutoLoginLink, Member, Partner, RequestLog, User
from config.admin.finders import EMAIL, ID, Hit, admin_address, finder
from config.db.owned import PLATFORM_ID

#: A name has a letter of some script.
_NAME = r"(?=.*[^\W\d_])[^@\n]{2,120}"
_PHONE = r"\+?[\d\s().-]{7,24}"
#: The last four, or the key as it is shown, or all of it.
_KEY = r"(?:sq_[a-z]+_\S*)?[0-9a-z]{4}"


@finder(kind="partner", form=ID, permission="accounts.view_partner")
def partner_by_id(term: str) -> Iterable[Hit]:
    return _partners(Partner.objects.filter(pk=term.lower()))


@finder(kind="partner", form=_NAME, permission="accounts.view_partner")
def partner_by_name(term: str) -> Iterable[Hit]:
    """Match the beginnings of words, in any order."""
    beginnings = " & ".join(f"{word}:*" for word in re.findall(r"[^\W_]+", term))
    query = SearchQuery(beginnings, search_type="raw", config="simple")
    named = Partner.objects.alias(words=SearchVector("name", config="simple"))
    return _partners(named.filter(words=query))


@finder(kind="member", form=EMAIL, permission="accounts.view_member")
def member_by_email(term: str) -> Iterable[Hit]:
    members = Member.objects.of_live().filter(user__email=normalize_email(term))
    return [
        Hit(
            str(member.partner),
            admin_address(Partner, member.partner_id),
            f"{member.get_role_display()}: {member.user.email}",
        )
        for member in members.select_related("user", "partner")[:10]
    ]


@finder(kind="staff", form=EMAIL, permission="accounts.view_user")
def staff_by_email(term: str) -> Iterable[Hit]:
    people = User.objects.filter(email=normalize_email(term), is_staff=True)
    return [Hit(user.email, admin_address(User, user.pk), user.name) for user in people]


@finder(kind="account by email", form=EMAIL, permission="accounts.view_account")
def account_by_email(term: str) -> Iterable[Hit]:
    return _accounts(Account.objects.of_live().with_email(term, owner=PLATFORM_ID))


@finder(kind="account by phone number", form=_PHONE, permission="accounts.view_account")
def account_by_phone(term: str) -> Iterable[Hit]:
    return _accounts(Account.objects.of_live().with_phone(term, owner=PLATFORM_ID))


@finder(kind="account", form=ID, permission="accounts.view_account")
def account_by_id(term: str) -> Iterable[Hit]:
    return _accounts(Account.objects.of_live().filter(pk=term.lower()))


@finder(kind="API key", form=ID, permission="accounts.view_apikey")
def key_by_id(term: str) -> Iterable[Hit]:
    return _keys(ApiKey.objects.of_live().filter(pk=term.lower()))


@finder(kind="API key", form=_KEY, permission="accounts.view_apikey")
def key_by_last_four(term: str) -> Iterable[Hit]:
    """Compare nothing but the end of a key: no one has to paste more of it."""
    return _keys(ApiKey.objects.of_live().filter(last_four=term[-4:]))


@finder(kind="request", form=r"[0-9a-f]{32}", permission="accounts.view_requestlog")
def request_by_id(term: str) -> Iterable[Hit]:
    return _requests(RequestLog.objects.of_live().filter(request_id=term.lower()))


@finder(
    kind="request by its client's ID", form=r"[\w.-]{8,64}", permission="accounts.view_requestlog"
)
def request_by_client_id(term: str) -> Iterable[Hit]:
    # Said twice, since the index holds only the rows with such an id.
    given = RequestLog.objects.of_live().filter(client_request_id=term, client_request_id__gt="")
    return _requests(given)


@finder(kind="auto-login link", form=ID, permission="accounts.view_autologinlink")
def link_by_id(term: str) -> Iterable[Hit]:
    links = AutoLoginLink.objects.of_live().filter(pk=term.lower()).select_related("partner")
    return [
        Hit(link.pk, admin_address(AutoLoginLink, link.pk), str(link.partner)) for link in links
    ]


def _partners(partners: QuerySet[Partner]) -> list[Hit]:
    return [
        Hit(partner.name, admin_address(Partner, partner.pk), partner.pk)
        for partner in partners.order_by()[:10]
    ]


def _accounts(accounts: QuerySet[Account]) -> list[Hit]:
    return [
        Hit(account.pk, admin_address(Account, account.pk), f"of {account.partner}")
        for account in accounts.select_related("partner")[:10]
    ]


def _keys(keys: QuerySet[ApiKey]) -> list[Hit]:
    found = keys.select_related("partner", "replaced_by").order_by()[:10]
    return [
        Hit(
            f"{key.name} {key.masked}",
            admin_address(ApiKey, key.pk),
            f"{key.partner}, {key.state.label.lower()}",
        )
        for key in found
    ]


def _requests(rows: QuerySet[Any]) -> list[Hit]:
    return [
        Hit(
            f"{row.method} {row.path}",
            admin_address(RequestLog, row.pk),
            f"{row.status}, {row.at:%-d %b %Y, %H:%M:%S} UTC",
        )
        for row in rows[:10]
    ]
