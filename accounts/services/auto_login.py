"""Auto-login links: signed tokens, recorded so that they can be revoked."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Account, AutoLoginLink
from accounts.services.audit import record_api_audit, record_audit
from accounts.services.authorization import Admission
from accounts.services.locks import lock_partner

LIFETIME = timedelta(days=7)
#: How far ahead the clock of the server that made the link may be.
_LEEWAY = timedelta(seconds=60)
_ALGORITHM = "HS256"
_CLAIMS = ["sub", "iss", "aud", "iat", "exp", "jti"]


class InvalidLink(Exception):
    """Forged, expired or revoked, or the account is deleted: one error for all, on purpose."""


class AmbiguousPhoneNumber(Exception):
    """A phone number without country code matches several accounts."""


@dataclass(frozen=True, slots=True)
class AccountReference:
    """How a caller identifies an account; the first given field decides (API documentation,
    Generate Auto-Login URL)."""

    account_id: str = ""
    email: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return bool(self.account_id or self.email or self.phone)


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """A new link; its token is only in the URL."""

    url: str
    link: AutoLoginLink


def create_link(*, admission: Admission, reference: AccountReference) -> IssuedLink:
    """Create a URL that signs an account in for seven days.

    Raises `Account.DoesNotExist`, `AmbiguousPhoneNumber`.
    """
    import jwt  # noqa: PLC0415 - memory that the sweeper does not need

    now = timezone.now()
    with transaction.atomic():
        account = _find(admission.partner_id, reference)
        link = AutoLoginLink.objects.create(
            partner_id=admission.partner_id,
            account=account,
            key_id=admission.key_id,
            expires_at=now + LIFETIME,
        )
        record_api_audit(
            admission=admission, action="auto_login.created", target=link.id, account=account.id
        )
    claims = {
        "sub": account.id,
        "iss": settings.AUTO_LOGIN_ISSUER,
        "aud": settings.AUTO_LOGIN_AUDIENCE,
        "iat": now,
        "exp": link.expires_at,
        "jti": link.id,
    }
    token = jwt.encode(claims, settings.AUTO_LOGIN_JWT_SECRET, algorithm=_ALGORITHM)
    return IssuedLink(f"{settings.AUTO_LOGIN_URL}?token={token}", link)


def open_link(token: str) -> AutoLoginLink:
    """Return the link of a token as `find_link` does, and count the use. Raises `InvalidLink`."""
    link = find_link(token)
    mine = AutoLoginLink.objects.of(link.partner_id).not_revoked().filter(pk=link.pk)
    if not mine.update(use_count=F("use_count") + 1, last_used_at=Now()):
        raise InvalidLink
    return link


def find_link(token: str) -> AutoLoginLink:
    """Return the link of a token, with account and partner. Raises `InvalidLink`."""
    import jwt  # noqa: PLC0415 - memory that the sweeper does not need

    try:
        claims = jwt.decode(
            token,
            settings.AUTO_LOGIN_JWT_SECRET,
            algorithms=[_ALGORITHM],
            audience=settings.AUTO_LOGIN_AUDIENCE,
            issuer=settings.AUTO_LOGIN_ISSUER,
            leeway=_LEEWAY,
            options={"require": _CLAIMS},
        )
    except jwt.InvalidTokenError:
        raise InvalidLink from None
    if int(claims["exp"]) <= time.time():  # the leeway is for the beginning alone
        raise InvalidLink
    # The token says neither whose merchant nor whose link it is.
    links = AutoLoginLink.objects.of_all().not_revoked()
    links = links.filter(id=claims["jti"], account_id=claims["sub"], partner__is_active=True)
    link = links.select_related("account__partner").first()
    if link is None:
        raise InvalidLink
    return link


def revoke_link(*, link: AutoLoginLink, actor: str) -> None:
    """Revoke a link; repeating it changes nothing."""
    with transaction.atomic():
        lock_partner(link.partner_id)
        usable = AutoLoginLink.objects.of(link.partner_id).not_revoked()
        if usable.filter(pk=link.pk).update(revoked_at=Now()):
            record_audit(
                partner=link.partner, actor=actor, action="auto_login.revoked", target=link.id
            )


def revoke_links_of(*, account: Account, actor: str) -> int:
    """Revoke all links of an account and return their number."""
    with transaction.atomic():
        lock_partner(account.partner_id)
        revoked = account.auto_login_links.not_revoked().update(revoked_at=Now())
        record_audit(
            partner=account.partner,
            actor=actor,
            action="auto_login.all_revoked",
            target=account.id,
            links=revoked,
        )
    return revoked


def _find(partner_id: str, reference: AccountReference) -> Account:
    # Locked, so that the account cannot be deleted before its link is written.
    accounts = Account.objects.of(partner_id).select_for_update(no_key=True)
    if reference.account_id:
        return accounts.get(pk=reference.account_id)
    if reference.email:
        return accounts.with_email(reference.email, owner=partner_id).get()
    try:
        return accounts.with_phone(reference.phone, owner=partner_id).get()
    except Account.MultipleObjectsReturned:
        raise AmbiguousPhoneNumber from None
