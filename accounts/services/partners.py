"""Creating, deactivating and reactivating partners, and setting their limits."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import Environment, Member, Partner, User
from accounts.names import validate_name
from accounts.services.audit import record_audit
from accounts.services.keys import create_key
from accounts.services.live_access import owners_of
from accounts.services.locks import lock_partner
from accounts.services.sandboxes import update_sandbox
from accounts.signals import partner_deactivated, partner_reactivated
from config.grouping import group_digits
from config.mail.send import send_mail

LARGEST_LIMIT = 1_000_000_000
"""Of requests per minute or day; what the integer column holds, rounded down."""


@dataclass(frozen=True, slots=True)
class NewPartner:
    """A partner with its first login and keys; secrets and password are shown once."""

    partner: Partner
    owner: User
    password: str
    management_key: str
    management_test_key: str
    live_key: str
    test_key: str


class AlreadyHasPartner(Exception):
    """The user belongs to a partner already."""


class InvalidLimit(ValueError):
    """A rate limit is less than one or more than the column holds."""

    def __init__(self) -> None:
        super().__init__(f"A limit is between 1 and {group_digits(LARGEST_LIMIT)}.")


def sign_up_partner(*, name: str, owner: User, actor: str) -> None:
    """Create a partner for a user who signed up; live keys need approval by staff.

    Raises `AlreadyHasPartner`, `InvalidName`.
    """
    validate_name(name)
    with transaction.atomic():
        # The user's row is the lock, so that submitting a form twice creates one partner.
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        if owner.memberships.exists():
            raise AlreadyHasPartner
        partner = Partner.objects.create(name=name)
        Member.objects.create(partner=partner, user=owner, role=Member.Role.OWNER)
        record_audit(partner=partner, actor=actor, action="partner.signed_up", target=partner.id)


def create_partner(
    *,
    name: str,
    email: str,
    actor: str,
    requests_per_minute: int | None = None,
    requests_per_day: int | None = None,
) -> NewPartner:
    """Create a partner approved for live keys, with an owner and one key of each kind.

    Raises `InvalidName`, and `django.db.IntegrityError` if the email address has a login.
    """
    validate_name(name)
    limits = {
        "requests_per_minute": requests_per_minute,
        "requests_per_day": requests_per_day,
    }
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        partner = Partner.objects.create(
            name=name,
            live_approved_at=timezone.now(),
            **{field: limit for field, limit in limits.items() if limit is not None},
        )
        owner = User.objects.create_verified_user(email, password, name=f"{name} owner")
        Member.objects.create(partner=partner, user=owner, role=Member.Role.OWNER)
        record_audit(partner=partner, actor=actor, action="partner.created", target=partner.id)
        issued = {
            environment: create_key(partner=partner, environment=environment, actor=actor).secret
            for environment in Environment.values
        }
    return NewPartner(
        partner=partner,
        owner=owner,
        password=password,
        management_key=issued["management"],
        management_test_key=issued["management_test"],
        live_key=issued["live"],
        test_key=issued["test"],
    )


def deactivate_partner(*, partner: Partner, actor: str, reason: str) -> bool:
    """Reject the partner's API calls, take its shops offline and email the owners.

    No data is deleted. Return False if it is inactive already.
    """
    with transaction.atomic():
        partner = lock_partner(partner.pk)
        if not partner.is_active:
            return False
        _set_activity(partner, is_active=False, actor=actor, reason=reason)
        _announce(partner_deactivated, partner)
        _report_activity(partner, "deactivated", actor, reason=reason)
    return True


def reactivate_partner(*, partner: Partner, actor: str, reason: str = "") -> bool:
    """Accept the partner's API calls and publish its shops again; keys revoked meanwhile stay
    revoked. Return False if it is active already."""
    with transaction.atomic():
        partner = lock_partner(partner.pk)
        if partner.is_active:
            return False
        _set_activity(partner, is_active=True)
        _announce(partner_reactivated, partner)
        _report_activity(partner, "reactivated", actor, reason=reason)
    return True


def _set_activity(partner: Partner, *, is_active: bool, actor: str = "", reason: str = "") -> None:
    partner.is_active = is_active
    partner.deactivated_at = None if is_active else timezone.now()
    partner.deactivated_by, partner.deactivation_reason = actor, reason
    partner.save(
        update_fields=["is_active", "deactivated_at", "deactivated_by", "deactivation_reason"]
    )
    update_sandbox(partner=partner, is_active=is_active)


def _announce(signal: Signal, partner: Partner) -> None:
    """Have receivers act on what the partner owns, and on what its sandbox owns."""
    for owner in Partner.with_sandboxes.filter(Q(pk=partner.pk) | Q(sandbox_of=partner)):
        signal.send(Partner, partner=owner)


def _report_activity(partner: Partner, verb: str, actor: str, reason: str) -> None:
    detail = {"reason": reason} if reason else {}
    record_audit(
        partner=partner, actor=actor, action=f"partner.{verb}", target=partner.id, **detail
    )
    send_mail(f"partner_{verb}", owners_of(partner), partner=partner, reason=reason)


def set_limits(
    *,
    partner: Partner,
    actor: str,
    requests_per_minute: int | None = None,
    requests_per_day: int | None = None,
) -> Partner:
    """Change the partner's rate limits from its next call on; None keeps a limit.

    A key with limits of its own keeps them. Raises `InvalidLimit`.
    """
    given = {"requests_per_minute": requests_per_minute, "requests_per_day": requests_per_day}
    changes = {field: limit for field, limit in given.items() if limit is not None}
    if not all(1 <= limit <= LARGEST_LIMIT for limit in changes.values()):
        raise InvalidLimit
    with transaction.atomic():
        partner = lock_partner(partner.pk)
        before = {field: getattr(partner, field) for field in changes}
        if before == changes:
            return partner
        for field, limit in changes.items():
            setattr(partner, field, limit)
        partner.save(update_fields=list(changes))
        record_audit(
            partner=partner,
            actor=actor,
            action="partner.limits_changed",
            target=partner.id,
            before=before,
            after=changes,
        )
    return partner


def set_time_zone(*, partner: Partner, time_zone: str, actor: str) -> None:
    """Set the zone of the days and months that begin from now on; past days keep theirs."""
    with transaction.atomic():
        partner = lock_partner(partner.pk)
        before, partner.time_zone = partner.time_zone, time_zone
        if before == time_zone:
            return
        partner.save(update_fields=["time_zone"])
        update_sandbox(partner=partner, time_zone=time_zone)
        record_audit(
            partner=partner,
            actor=actor,
            action="partner.zone_changed",
            target=partner.id,
            before=before,
            after=time_zone,
        )


def rename_partner(*, partner: Partner, name: str, actor: str) -> None:
    """Change the company's name; existing invoices keep the old one. Raises `InvalidName`."""
    validate_name(name)
    with transaction.atomic():
        partner = lock_partner(partner.pk)
        before, partner.name = partner.name, name
        if before == name:
            return
        partner.save(update_fields=["name"])
        update_sandbox(partner=partner, name=name)
        record_audit(
            partner=partner,
            actor=actor,
            action="partner.renamed",
            target=partner.id,
            before=before,
            after=name,
        )
