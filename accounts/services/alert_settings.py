"""Who is emailed which alerts, and the limits of a company."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts.alerts import AlertKind, alert_kind, alert_kinds
from accounts.models import AlertLimit, AlertPreference, Member, Partner
from accounts.services.audit import record_audit
from accounts.services.locks import lock_partner


class InvalidAlertLimit(ValueError):
    """The kind has no limit, or another range."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """`member_id` is empty for the further address of a kind."""

    member_id: str
    email: str


def recipients_of(*, partner_id: str, kind: AlertKind) -> list[Recipient]:
    """Return each address once, the oldest members first."""
    choices: dict[str | None, bool] = dict(
        AlertPreference.objects.of(partner_id)
        .filter(kind=kind.name)
        .values_list("member_id", "is_on")
    )
    members = Member.objects.of(partner_id).filter(user__is_active=True).select_related("user")
    found = [
        Recipient(member.pk, member.user.email)
        for member in members.order_by("created_at", "pk")
        if kind.is_on_for(member.role, choices.get(member.pk))
    ]
    other = kind.other_address(partner_id) if choices.get(None, True) else ""
    if other and other not in {each.email for each in found}:
        found.append(Recipient("", other))
    return found


def set_alert_preferences(*, partner_id: str, member_id: str, choices: Mapping[str, bool]) -> None:
    """Switch emails of these kinds on or off; no member means the further address of each.

    Raises `Member.DoesNotExist`.
    """
    with transaction.atomic():
        lock_partner(partner_id)
        member = Member.objects.of(partner_id).get(pk=member_id) if member_id else None
        mine = AlertPreference.objects.of(partner_id).filter(member=member)
        mine.filter(kind__in=choices).delete()
        AlertPreference.objects.bulk_create(
            AlertPreference(partner_id=partner_id, member=member, kind=name, is_on=is_on)
            for name, is_on in choices.items()
        )


def set_alert_limits(*, partner: Partner, limits: Mapping[str, int], actor: str) -> None:
    """Choose the limits of kinds. Raises `InvalidAlertLimit`."""
    for name, value in limits.items():
        limit = alert_kind(name).limit
        if limit is None or not limit.least <= value <= limit.most:
            raise InvalidAlertLimit(name)
    with transaction.atomic():
        lock_partner(partner.pk)
        mine = AlertLimit.objects.of(partner.pk)
        before = {**default_limits(), **dict(mine.values_list("kind", "value"))}
        changed = {name: value for name, value in limits.items() if before[name] != value}
        for name, value in changed.items():
            mine.update_or_create(partner=partner, kind=name, defaults={"value": value})
            record_audit(
                partner=partner,
                actor=actor,
                action="alert.limit_changed",
                alert=name,
                before=before[name],
                after=value,
            )


def default_limits() -> dict[str, int]:
    return {kind.name: kind.limit.default for kind in alert_kinds() if kind.limit}
