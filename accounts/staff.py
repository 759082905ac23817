"""Who of the staff may manage whom: no one gives or takes over more than they have."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from accounts.models import StaffInvitation, User


def exceeds(user: User, actor: User) -> bool:
    """Return whether `user`, once active, may do anything that `actor` may not."""
    if actor.is_superuser:
        return False
    return user.is_superuser or not _permission_ids(user) <= _permission_ids(actor)


def groups_to_give(actor: User) -> QuerySet[Group]:
    """Return the groups whose members may do no more than `actor`."""
    if actor.is_superuser:
        return Group.objects.all()
    beyond = Permission.objects.exclude(pk__in=_permission_ids(actor))
    return Group.objects.exclude(permissions__in=beyond)


def counting_as_one(user: User) -> set[int]:
    """Return the ids of those who count as one person with `user`, who is one of them.

    An invitation ties two people, who may be two mailboxes of one, until a third confirms who was
    invited.
    """
    rows = StaffInvitation.objects.unconfirmed()
    ties: list[Any] = list(rows.values_list("invited_by_id", "accepted_by_id"))
    found, before = {user.pk}, 0
    while len(found) > before:
        before = len(found)
        for tie in ties:
            found |= {*tie} if not found.isdisjoint(tie) else set()
    return found


def active_staff_with(permission: str) -> QuerySet[User]:
    """Return those who have a permission, such as "billing.view_purchase", superusers included."""
    return User.objects.with_perm(permission).filter(is_staff=True)


def ever_staff() -> QuerySet[User]:
    """Return those who are staff, and those who were invited and have left."""
    joined = StaffInvitation.objects.filter(completed_at__isnull=False).values("accepted_by")
    return User.objects.filter(Q(is_staff=True) | Q(pk__in=joined))


def _permission_ids(user: User) -> set[int]:
    """Unlike `get_all_permissions`, return those of inactive users as well."""
    granted = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return set(granted.values_list("pk", flat=True))
