"""Who may ask for points to be moved, who may approve it, and how much in a day."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.db.models.functions import Abs, Now

from accounts.models import User
from accounts.staff import counting_as_one
from billing.models import Approval
from billing.points import SCALE
from config.grouping import group_digits

REQUEST, DECIDE = "billing.request_approval", "billing.decide_approval"
State = Approval.State
_DAY = timedelta(days=1)


class ApprovalRefused(Exception):
    """The person may not do this with the request; the message is for staff."""


def lock_person(*, user: User, permission: str) -> User:
    """Return the user as they are now; raise `ApprovalRefused` if they may not do it any more.

    The lock makes a change of their groups wait, and counts one movement after the other, also of
    those who count as one person with them.
    """
    people = User.objects.select_for_update(no_key=True).filter(pk__in=counting_as_one(user))
    now = {each.pk: each for each in people.order_by("pk")}[user.pk]
    require_permission(user=now, permission=permission)
    return now


def require_permission(*, user: User, permission: str) -> None:
    """Raise `ApprovalRefused`; `user` is as just read."""
    if not (user.is_active and user.is_staff and user.has_perm(permission)):
        raise ApprovalRefused(f"{user.email} no longer has the permission for this")


def check_request_limit(*, user: User, size: int) -> None:
    """Raise `ApprovalRefused` if the user has asked for too much in 24 hours."""
    rows = Approval.objects.of_all().filter(
        requested_by__in=counting_as_one(user),
        requested_at__gt=Now() - _DAY,
        state__in=(State.PENDING, State.APPROVED),
    )
    _check(user, rows, size, "request")


def check_approval_limit(*, user: User, size: int) -> None:
    """Raise `ApprovalRefused` if the user has approved too much in 24 hours."""
    rows = Approval.objects.of_all().filter(
        decided_by__in=counting_as_one(user), decided_at__gt=Now() - _DAY, state=State.APPROVED
    )
    _check(user, rows, size, "approve")


def check_single(*, user: User, approval: Approval) -> None:
    """Raise `ApprovalRefused` unless the user may approve what they asked for.

    Everything that they approved alone in 24 hours has to be small together, or many small requests
    would make a large one.
    """
    if not is_small(approval):
        raise ApprovalRefused(describe_need(user=user, approval=approval))
    alone = Approval.objects.of_all().filter(
        decided_by__in=counting_as_one(user),
        decided_at__gt=Now() - _DAY,
        state=State.APPROVED,
        is_single=True,
    )
    limit = settings.APPROVAL_SINGLE_POINTS
    if _total(alone) + approval.size > limit * SCALE:
        raise ApprovalRefused(
            f"You may approve {group_digits(limit)} points of your own in 24 hours."
            " Another person has to approve this"
        )


def is_same_person(*, user: User, approval: Approval) -> bool:
    """Return whether the user asked, or counts as one person with who did."""
    return approval.requested_by_id in counting_as_one(user)


def describe_need(*, user: User, approval: Approval) -> str:
    """Say why a second person has to approve a request instead of the user."""
    if approval.requested_by == user:
        return "Another person has to approve what you asked for"
    return (
        f"An invitation ties you and {approval.requested_by}, and no third person has confirmed it"
        " on the page of staff. Another person has to approve this"
    )


def daily_limit(user: User) -> int:
    """Return the points that the highest of the user's groups allows."""
    limits: dict[str, int] = settings.APPROVAL_DAILY_POINTS
    groups = limits if user.is_superuser else user.groups.values_list("name", flat=True)
    return max((limits.get(group, 0) for group in groups), default=0)


def is_small(approval: Approval) -> bool:
    """Return whether the person who asked may also approve."""
    limit: int = settings.APPROVAL_SINGLE_POINTS
    # A refund of money alone moves no points.
    return 0 < approval.size <= limit * SCALE


def _check(user: User, rows: QuerySet[Approval], size: int, verb: str) -> None:
    so_far = _total(rows)
    limit = daily_limit(user) * SCALE
    if so_far + size > limit:
        left = max(limit - so_far, 0)
        raise ApprovalRefused(
            f"You may {verb} {group_digits(limit // SCALE)} points in 24 hours; "
            f"{group_digits(left // SCALE)} are left"
        )


def _total(rows: QuerySet[Approval]) -> int:
    return int(rows.aggregate(total=Sum(Abs("points"), default=0))["total"])
