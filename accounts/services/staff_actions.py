"""What staff do to logins: recorded, and mailed to the user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts.clients import ClientInfo
from accounts.models import User
from accounts.services.security_events import record_staff_action
from accounts.services.users import end_all_sessions, remove_other_addresses
from config.mail.send import send_mail

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_PERMISSIONS = ("is_staff", "is_superuser", "groups")


@dataclass(frozen=True, slots=True)
class Staff:
    """Who acts, and from where; a command has no client."""

    actor: str
    client: ClientInfo | None = None


def record_new_login(*, user: User, staff: Staff) -> None:
    record_staff_action(
        user=user, action="login.created_by_staff", actor=staff.actor, client=staff.client
    )


def record_changes(
    *, user: User, before: Mapping[str, Any], after: Mapping[str, Any], staff: Staff
) -> None:
    """Record the fields of a saved user that staff changed; `before` has their former values.

    A new address has to be verified at the next sign-in. It is mailed to the former one as well.
    """
    with transaction.atomic():
        if "email" in before:
            _record_email(user, str(before["email"]), staff)
        if "is_active" in before:
            _record_activity(user, staff)
        if "name" in before:
            change = {"before": before["name"], "after": user.name}
            text = gettext_lazy("Your name was changed.")
            _record(user, "login.renamed_by_staff", staff, text, **change)
        if permissions := [name for name in _PERMISSIONS if name in before]:
            change = {
                "before": {name: before[name] for name in permissions},
                "after": {name: after[name] for name in permissions},
            }
            text = gettext_lazy("Your permissions in the administration were changed.")
            _record(user, "login.permissions_changed", staff, text, **change)


def record_password_set(*, user: User, staff: Staff) -> None:
    with transaction.atomic():
        text = gettext_lazy("Your password was changed.")
        _record(user, "login.password_set_by_staff", staff, text)


def remove_second_factors(*, user: User, reason: str, staff: Staff) -> bool:
    """Let the password alone sign the user in; return False if there was no second factor."""
    with transaction.atomic():
        removed, _ = Authenticator.objects.filter(user=user).delete()
        if removed:
            end_all_sessions(user=user)
            text = gettext_lazy(
                "Two-factor authentication was removed. Your password alone signs you in."
            )
            _record(user, "login.second_factor_reset", staff, text, reason=reason)
    return bool(removed)


def _record_activity(user: User, staff: Staff) -> None:
    if user.is_active:
        _record(user, "login.reactivated", staff, gettext_lazy("Your login was reactivated."))
    else:
        _record(user, "login.deactivated", staff, gettext_lazy("Your login was deactivated."))


def _record_email(user: User, before: str, staff: Staff) -> None:
    remove_other_addresses(user=user)
    end_all_sessions(user=user)
    text = format_lazy(
        gettext_lazy("Your email address was changed from {before} to {after}."),
        before=before,
        after=user.email,
    )
    change = {"before": before, "after": user.email}
    _record(user, "login.email_set_by_staff", staff, text, also_to=(before,), **change)


def _record(
    user: User,
    action: str,
    staff: Staff,
    text: StrOrPromise,
    also_to: tuple[str, ...] = (),
    **detail: Any,
) -> None:
    """`text` is lazy: each address is written to in its own language."""
    record_staff_action(user=user, action=action, actor=staff.actor, client=staff.client, **detail)
    to = [user.email, *also_to]
    send_mail("login_changed_by_staff", to, text=text, reason=detail.get("reason"))
