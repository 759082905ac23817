"""Roles of members, and what each may do."""

from __future__ import annotations

from enum import StrEnum

from django.core.exceptions import PermissionDenied

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


#: What a member wanted to do, after "You need the … role to".
_ACTS = {
    Permission.SEE: "open this page",
    Permission.SEE_CALLS: "see requests, images and shops",
    Permission.OPERATE: "resend webhooks and revoke links",
    Permission.MANAGE_TEST_KEYS: "manage test keys",
    Permission.MANAGE_KEYS: "manage keys",
    Permission.BUY: "buy points and see invoices",
    Permission.SEE_AUDIT: "see the audit trail",
    Permission.MANAGE_TEAM: "manage the team",
}


class RoleRequired(PermissionDenied):
    """The member's role lacks a permission; the text says which role has it and who can give it."""

    def __init__(self, permission: Permission, member: Member) -> None:
        roles = (Member.Role.VIEWER, Member.Role.DEVELOPER, Member.Role.ADMIN, Member.Role.OWNER)
        enough = next(role for role in roles if permission in ROLE_PERMISSIONS[role])
        owners = Member.objects.of(member.partner_id).filter(role=Member.Role.OWNER)
        owner = owners.select_related("user").order_by("created_at", "pk").first()
        name = f"{owner.user.get_full_name()} ({owner.user.email})" if owner else "An owner"
        super().__init__(
            f"You need the {enough.label.lower()} role to {_ACTS[permission]}; yours is"
            f" {member.get_role_display().lower()}. {name} can change it."
        )
