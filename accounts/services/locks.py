"""The lock that every writer of a partner's points, keys and team takes first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.exceptions import PermissionDenied

from accounts.models import Member, Partner

_acting: ContextVar[Member | None] = ContextVar("acting member", default=None)


class PartnerInactive(Exception):
    """Staff deactivated the partner."""

    def __str__(self) -> str:
        return "The partner is inactive."


class RoleChanged(PermissionDenied):
    """The member was removed, or has another role, since the request began."""


@contextmanager
def acting_as(member: Member) -> Iterator[None]:
    """Have `lock_partner` check in this block that the member still has this role.

    A page checks the role before the lock; the one who removes the member may hold it.
    """
    token = _acting.set(member)
    try:
        yield
    finally:
        _acting.reset(token)


def lock_partner(partner_id: str) -> Partner:
    """The partner as it is now, locked until the transaction ends; SQL has `accounts_lock_partner`.

    Writers of one partner come one after the other; rows that point at the partner are not kept
    waiting. Raises `RoleChanged` inside `acting_as`.
    """
    partner = Partner.with_sandboxes.select_for_update(no_key=True).get(pk=partner_id)
    member = _acting.get()
    if member and member.partner_id == partner.company_id:
        mine = Member.objects.of(member.partner_id).filter(pk=member.pk, role=member.role)
        if not mine.exists():
            raise RoleChanged
    return partner


def lock_active_partner(partner_id: str) -> Partner:
    """As `lock_partner`; raise `PartnerInactive` for a deactivated one."""
    partner = lock_partner(partner_id)
    if not partner.is_active:
        raise PartnerInactive
    return partner
