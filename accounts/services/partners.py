"""Making and ending partners."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import Environment, Member, Partner, User
from accounts.services.audit import record_audit
from accounts.services.keys import create_key


@dataclass(frozen=True, slots=True)
class NewPartner:
    """A partner with everything it needs to start; secrets and password are shown once."""

    partner: Partner
    owner: User
    password: str
    management_key: str
    live_key: str
    test_key: str


def create_partner(
    *,
    name: str,
    email: str,
    actor: str,
    requests_per_minute: int | None = None,
    requests_per_day: int | None = None,
) -> NewPartner:
    """An active partner, approved for live, with an owner, and one key of each kind.

    Raises `django.db.IntegrityError` where the email address already signs somebody in.
    """
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
        owner = User.objects.create_user(email, password, name=f"{name} owner")
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
        live_key=issued["live"],
        test_key=issued["test"],
    )


def deactivate_partner(*, partner: Partner, actor: str) -> None:
    """Closes every door of the API to the partner at once; nothing of it is deleted."""
    with transaction.atomic():
        if Partner.objects.filter(pk=partner.pk, is_active=True).update(is_active=False):
            record_audit(
                partner=partner, actor=actor, action="partner.deactivated", target=partner.id
            )
