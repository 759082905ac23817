"""Who belongs to the staff: invitations, groups, removal.

No one gives or takes away more than they have, which is checked again under the lock of the user.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse

from accounts.clients import ClientInfo
from accounts.emails import normalize_email
from accounts.models import StaffInvitation, User
from accounts.names import validate_name
from accounts.services.audit import record_audit
from accounts.services.staff_actions import Staff, record_changes
from accounts.services.users import end_all_sessions
from accounts.staff import counting_as_one, exceeds, groups_to_give
from config.db.clock import database_now
from config.mail.send import send_mail

MANAGE = "accounts.manage_staff"
VALID_FOR = timedelta(days=3)


class AlreadyStaff(Exception):
    """The address belongs to a member of the staff."""


class MoreThanOwn(PermissionDenied):
    """The person has fewer permissions than they give, or than the user has whom they change."""


class SamePerson(PermissionDenied):
    """Invitations tie the two, so that one can't vouch for the other."""


class InvalidStaffInvitation(Exception):
    """Unknown, used, withdrawn or expired, or for another address."""


def invite_staff(*, email: str, groups: Iterable[str], inviter: User | None, actor: str) -> str:
    """Email an invitation and return its link; a former one to this address stops working.

    `inviter` is None for a command. Raises `AlreadyStaff`, `MoreThanOwn`.
    """
    email, names, token = normalize_email(email), sorted(set(groups)), secrets.token_urlsafe(32)
    with transaction.atomic():
        if User.objects.filter(email=email, is_staff=True, is_active=True).exists():
            raise AlreadyStaff
        _check_gift(inviter, names)
        StaffInvitation.objects.open().filter(email=email).update(withdrawn_at=Now())
        StaffInvitation.objects.create(
            email=email,
            groups=names,
            token_hash=_hash(token),
            invited_by=inviter,
            expires_at=database_now() + VALID_FOR,
        )
        record_audit(partner=None, actor=actor, action="staff.invited", target=email, groups=names)
        url = f"{settings.PUBLIC_URL}{reverse('staff-invitation', args=[token])}"
        send_mail("staff_invitation", [email], groups=names, url=url, days=VALID_FOR.days)
    return url


def withdraw_staff_invitation(*, invitation: StaffInvitation, actor: str) -> None:
    with transaction.atomic():
        rows = StaffInvitation.objects.open().filter(pk=invitation.pk)
        if rows.update(withdrawn_at=Now()):
            record_audit(
                partner=None,
                actor=actor,
                action="staff.invitation_withdrawn",
                target=invitation.email,
            )


def find_staff_invitation(token: str) -> StaffInvitation:
    """Return the invitation for an emailed token. Raises `InvalidStaffInvitation`."""
    found = StaffInvitation.objects.unused().filter(token_hash=_hash(token)).first()
    if found is None:
        raise InvalidStaffInvitation
    return found


def accept_staff_invitation(*, token: str, user: User, client: ClientInfo) -> bool:
    """Use an invitation; return whether `user` is staff now, or still needs a second factor.

    Raises `InvalidStaffInvitation`.
    """
    with transaction.atomic():
        rows = StaffInvitation.objects.unused().select_for_update(of=("self",))
        invitation = rows.filter(token_hash=_hash(token), email=user.email).first()
        if invitation is None:
            raise InvalidStaffInvitation
        invitation.accepted_by = user
        invitation.save(update_fields=["accepted_by"])
        return complete_staff_invitations(user=user, client=client)


def join_staff_as_new_user(*, token: str, name: str, password: str, client: ClientInfo) -> User:
    """Create a login for an invitation; the emailed token proves the address.

    Raises `InvalidStaffInvitation`, `InvalidName`, and `IntegrityError` if the address has a login.
    """
    validate_name(name)
    with transaction.atomic():
        invitation = find_staff_invitation(token)
        user = User.objects.create_verified_user(invitation.email, password, name=name)
        accept_staff_invitation(token=token, user=user, client=client)
    return user


def complete_staff_invitations(*, user: User, client: ClientInfo) -> bool:
    """Make a user with a second factor one of the staff if they accepted an invitation."""
    factors = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    with transaction.atomic():
        rows = StaffInvitation.objects.open().filter(accepted_by=user)
        invitation = rows.select_for_update(of=("self",)).first()
        has_factor = factors.filter(user=user).exists()
        if invitation is None or not has_factor or not _may_still_give(invitation):
            return False
        invitation.completed_at = Now()
        invitation.save(update_fields=["completed_at"])
        actor = invitation.invited_by.email if invitation.invited_by else "command:create_staff"
        _change(user, invitation.groups, is_staff=True, staff=Staff(actor))
        record_audit(
            partner=None,
            actor=user.email,
            action="staff.joined",
            target=user.email,
            ip_address=client.address,
        )
    return True


def confirm_staff(*, user: User, by: User, actor: str) -> None:
    """Let a person and who invited them count as two. Raises `MoreThanOwn`, `SamePerson`."""
    with transaction.atomic():
        locked = _lock(user, by)
        if by.pk in counting_as_one(locked):
            raise SamePerson
        rows = StaffInvitation.objects.unconfirmed().filter(accepted_by=locked)
        if rows.update(confirmed_by=by, confirmed_at=Now()):
            record_audit(partner=None, actor=actor, action="staff.confirmed", target=locked.email)


def set_staff_groups(*, user: User, groups: Iterable[str], by: User, staff: Staff) -> None:
    """Raise `MoreThanOwn`."""
    names = sorted(set(groups))
    with transaction.atomic():
        locked = _lock(user, by)
        _check_gift(by, names)
        _change(locked, names, is_staff=True, staff=staff)


def remove_staff(*, user: User, by: User, staff: Staff) -> None:
    """Take all permissions of the administration and end the sessions. Raises `MoreThanOwn`."""
    with transaction.atomic():
        locked = _lock(user, by)
        if locked == by:
            raise MoreThanOwn
        locked.user_permissions.clear()
        StaffInvitation.objects.open().filter(accepted_by=locked).update(withdrawn_at=Now())
        _change(locked, [], is_staff=False, staff=staff)
        end_all_sessions(user=locked)


def _lock(user: User, by: User) -> User:
    """Lock both, in one order for all; raise `MoreThanOwn` unless `by` may manage `user` now."""
    people = User.objects.select_for_update(no_key=True).order_by("pk")
    now = {each.pk: each for each in people.filter(pk__in={user.pk, by.pk})}
    target, actor = now[user.pk], now[by.pk]
    if not _manages(actor) or exceeds(target, actor):
        raise MoreThanOwn
    return target


def _check_gift(by: User | None, names: list[str]) -> None:
    """Raise `MoreThanOwn`; a command may give all."""
    allowed = groups_to_give(by) if by else Group.objects.all()
    if set(names) - set(allowed.values_list("name", flat=True)):
        raise MoreThanOwn


def _may_still_give(invitation: StaffInvitation) -> bool:
    by = invitation.invited_by
    if by is None:
        return True
    allowed = set(groups_to_give(by).values_list("name", flat=True))
    return _manages(by) and set(invitation.groups) <= allowed


def _manages(person: User) -> bool:
    """Return whether they may manage staff; those whose login is deactivated have no permission."""
    return person.is_staff and person.has_perm(MANAGE)


def _change(user: User, names: list[str], *, is_staff: bool, staff: Staff) -> None:
    before = _rights(user)
    user.is_staff, user.is_superuser = is_staff, user.is_superuser and is_staff
    user.save(update_fields=["is_staff", "is_superuser"])
    user.groups.set(Group.objects.filter(name__in=names))
    after = _rights(user)
    changed = [name for name in before if before[name] != after[name]]
    if changed:
        record_changes(
            user=user,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
            staff=staff,
        )


def _rights(user: User) -> dict[str, object]:
    groups = sorted(user.groups.values_list("name", flat=True))
    return {"is_staff": user.is_staff, "is_superuser": user.is_superuser, "groups": groups}


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
