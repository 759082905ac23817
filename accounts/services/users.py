"""What people choose for themselves, and what staff do for one who lost the way in."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.models import Partner, User
from accounts.services.audit import record_audit


def choose_time_zone(*, user: User, time_zone: str) -> None:
    """Shows times in the zone of this IANA name; an empty one leaves it to the browser."""
    user.time_zone = time_zone
    user.save(update_fields=["time_zone"])


def remove_other_addresses(*, user: User) -> None:
    """After staff gave a person another email address: the one before opens nothing any more, and
    the new one has to be confirmed by mail at the next sign-in."""
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()


def remove_second_factors(*, user: User, actor: str) -> bool:
    """For one who lost phone and codes: the password alone signs in. False if there were none."""
    with transaction.atomic():
        removed, _ = Authenticator.objects.filter(user=user).delete()
        if removed:
            memberships = user.memberships.select_related("partner")
            partners: list[Partner | None] = [member.partner for member in memberships]
            # Without a partner, as of staff, it stands in the trail all the same.
            for partner in partners or [None]:
                record_audit(
                    partner=partner,
                    actor=actor,
                    action="login.second_factor_reset",
                    target=user.email,
                )
    return bool(removed)
