"""Roles of members, and what each may do."""

from __future__ import annotations

from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext, gettext_lazy

from accounts.models import Member


class Permission(StrEnum):
    """What a page or an action requires of the member's role."""

    SEE = "see"
    """Balance, usage, packages, the list of keys: every role."""
    SEE_CALLS = "see calls"
    """Logs, images, merchants, deployments, webhooks: pages with merchants' data."""
    OPERATE = "operate"
    """Resend webhooks, revoke auto-login links."""
    MANAGE_TEST_KEYS = "manage test keys"
    MANAGE_KEYS = "manage keys"
    """Live and management keys too."""
    BUY = "buy"
    """Purchases, invoices, billing details, alerts."""
    SEE_AUDIT = "see audit"
    MANAGE_TEAM = "manage team"
    """Members, invitations, the second-factor rule, the partner's name."""


_VIEWER = frozenset({Permission.SEE})
_DEVELOPER = _VIEWER | {Permission.SEE_CALLS, Permission.OPERATE, Permission.MANAGE_TEST_KEYS}
_ADMIN = _DEVELOPER | {Permission.MANAGE_KEYS, Permission.BUY, Permission.SEE_AUDIT}
ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Member.Role.VIEWER: _VIEWER,
    Member.Role.DEVELOPER: _DEVELOPER,
    Member.Role.ADMIN: _ADMIN,
    Member.Role.OWNER: frozenset(Permission),
}


_REFUSALS = {
    Permission.SEE: gettext_lazy(
        "You need the %(role)s role to open this page; yours is %(own)s. %(person)s can change it."
    ),
    Permission.SEE_CALLS: gettext_lazy(
        "You need the %(role)s role to see requests, images and shops; yours is %(own)s."
        " %(person)s can change it."
    ),
    Permission.OPERATE: gettext_lazy(
        "You need the %(role)s role to resend webhooks and revoke links; yours is %(own)s."
        " %(person)s can change it."
    ),
    Permission.MANAGE_TEST_KEYS: gettext_lazy(
        "You need the %(role)s role to manage test keys; yours is %(own)s."
        " %(person)s can change it."
    ),
    Permission.MANAGE_KEYS: gettext_lazy(
        "You need the %(role)s role to manage keys; yours is %(own)s. %(person)s can change it."
    ),
    Permission.BUY: gettext_lazy(
        "You need the %(role)s role to buy points and see invoices; yours is %(own)s."
        " %(person)s can change it."
    ),
    Permission.SEE_AUDIT: gettext_lazy(
        "You need the %(role)s role to see the audit trail; yours is %(own)s."
        " %(person)s can change it."
    ),
    Permission.MANAGE_TEAM: gettext_lazy(
        "You need the %(role)s role to manage the team; yours is %(own)s. %(person)s can change it."
    ),
}


class RoleRequired(PermissionDenied):
    """The member's role lacks a permission; the text says which role has it and who can give it."""

    def __init__(self, permission: Permission, member: Member) -> None:
        roles = (Member.Role.VIEWER, Member.Role.DEVELOPER, Member.Role.ADMIN, Member.Role.OWNER)
        enough = next(role for role in roles if permission in ROLE_PERMISSIONS[role])
        owners = Member.objects.of(member.partner_id).filter(role=Member.Role.OWNER)
        owner = owners.select_related("user").order_by("created_at", "pk").first()
        named = f"{owner.user.get_full_name()} ({owner.user.email})" if owner else ""
        values = {
            "role": enough.label.lower(),
            "own": member.get_role_display().lower(),
            # Translators: the subject of "… can change it."
            "person": named or gettext("An owner"),
        }
        super().__init__(_REFUSALS[permission] % values)
