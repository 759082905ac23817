"""Links that sign a merchant in: a signed token, a register of the links made, revocation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import jwt
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Account, AutoLoginLink
from accounts.services.audit import record_audit, record_call
from accounts.services.authorization import Admission

LIFETIME = timedelta(days=7)
_ALGORITHM = "HS256"
_CLAIMS = ["sub", "iss", "aud", "iat", "exp", "jti"]


class InvalidLink(Exception):
    """Forged, expired, revoked, or of an account that is gone: one answer for all."""


class SeveralAccounts(Exception):
    """A phone number without its country code fits more than one account."""


@dataclass(frozen=True, slots=True)
class WhichAccount:
    """How a caller names an account: the first one given decides (API docs, "Auto-Login")."""

    account_id: str = ""
    email: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return bool(self.account_id or self.email or self.phone)


def create_link(*, admission: Admission, which: WhichAccount) -> str:
    """The URL that signs an account in for seven days.

    Raises `Account.DoesNotExist`, `SeveralAccounts`.
    """
    now = timezone.now()
    with transaction.atomic():
        account = _find(admission.partner_id, which)
        link = AutoLoginLink.objects.create(
            partner_id=admission.partner_id,
            account=account,
            key_id=admission.key_id,
            expires_at=now + LIFETIME,
        )
        record_call(
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
    return f"{settings.AUTO_LOGIN_URL}?token={token}"


def open_link(token: str) -> AutoLoginLink:
    """The link of a token, with its account and partner; counts the use. Raises `InvalidLink`."""
    try:
        claims = jwt.decode(
            token,
            settings.AUTO_LOGIN_JWT_SECRET,
            algorithms=[_ALGORITHM],
            audience=settings.AUTO_LOGIN_AUDIENCE,
            issuer=settings.AUTO_LOGIN_ISSUER,
            options={"require": _CLAIMS},
        )
    except jwt.InvalidTokenError:
        raise InvalidLink from None
    links = AutoLoginLink.objects.usable().filter(
        id=claims["jti"], account_id=claims["sub"], partner__is_active=True
    )
    link = links.select_related("account__partner").first()
    if link is None or not links.update(use_count=F("use_count") + 1, last_used_at=Now()):
        raise InvalidLink
    return link


def revoke_link(*, link: AutoLoginLink, actor: str) -> None:
    """Ends one link; revoking it again changes nothing."""
    with transaction.atomic():
        if AutoLoginLink.objects.usable().filter(pk=link.pk).update(revoked_at=Now()):
            record_audit(
                partner=link.partner, actor=actor, action="auto_login.revoked", target=link.id
            )


def revoke_links_of(*, account: Account, actor: str) -> int:
    """Ends all links of an account; returns how many there were."""
    with transaction.atomic():
        ended = account.auto_login_links.usable().update(revoked_at=Now())
        record_audit(
            partner=account.partner,
            actor=actor,
            action="auto_login.all_revoked",
            target=account.id,
            links=ended,
        )
    return ended


def _find(partner_id: str, which: WhichAccount) -> Account:
    # Locked, so that the account is still there when its link is written.
    accounts = Account.objects.of(partner_id).select_for_update(no_key=True)
    if which.account_id:
        return accounts.get(pk=which.account_id)
    if which.email:
        return accounts.with_email(which.email).get()
    try:
        return accounts.with_phone(which.phone).get()
    except Account.MultipleObjectsReturned:
        raise SeveralAccounts from None
