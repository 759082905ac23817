"""Admin pages for members and invitations, whose addresses are masked."""

from __future__ import annotations

from django.contrib import admin
from django.utils import timezone

from accounts.models import Invitation, Member
from config.admin.columns import state_cell, time_cell
from config.admin.filters import Period
from config.admin.masking import mask_email, mask_name
from config.admin.options import ReadOnlyAdmin
from config.admin.search import EMAIL, ID, Term
from config.admin.targets import link_targets


@admin.register(Member)
class MemberAdmin(ReadOnlyAdmin):
    list_display = ("address", "partner", "name", "role", "last_sign_in", "created_at")
    list_filter = ("role",)
    also_named = ("user",)
    search_terms = (
        Term("user__email", EMAIL, lambda rows, term: rows.filter(user__email=term.lower())),
        Term("pk", ID),
        Term("partner_id", ID),
    )
    search_help_text = "Whole email address, member ID or partner ID"
    ordering = ("-id",)
    fields = ("address", "name", "partner", "role", "last_sign_in", "created_at")
    phone = ("address", "role", "partner", "created_at")

    @admin.display(description="Email")
    def address(self, member: Member) -> str:
        return mask_email(member.user.email)

    @admin.display(description="Name")
    def name(self, member: Member) -> str:
        return mask_name(member.user.name) or "–"

    @admin.display(description="Last sign-in")
    def last_sign_in(self, member: Member) -> str:
        return time_cell(member.user.last_login)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("address", "partner", "role", "state", "inviter", "created_at", "expires_at")
    list_filter = (
        "role",
        ("accepted_at", admin.EmptyFieldListFilter),
        ("withdrawn_at", admin.EmptyFieldListFilter),
    )
    also_named = ("invited_by",)
    search_terms = (
        Term("email", EMAIL, lambda rows, term: rows.filter(email=term.lower())),
        Term("pk", ID),
        Term("partner_id", ID),
    )
    search_help_text = "Whole email address, invitation ID or partner ID"
    period = Period("id", 90)
    ordering = ("-id",)
    fields = (
        "address",
        "partner",
        "role",
        "state",
        "inviter",
        "created_at",
        "expires_at",
        "accepted_at",
        "withdrawn_at",
    )
    phone = ("address", "state", "partner", "created_at")

    @admin.display(description="Email")
    def address(self, invitation: Invitation) -> str:
        return mask_email(invitation.email)

    @admin.display(description="Invited by")
    def inviter(self, invitation: Invitation) -> str:
        return mask_email(invitation.invited_by.email) if invitation.invited_by else "–"

    @admin.display(description="Status")
    def state(self, invitation: Invitation) -> str:
        if invitation.accepted_at:
            return state_cell("accepted", "Accepted")
        if invitation.withdrawn_at:
            return state_cell("withdrawn", "Withdrawn")
        is_over = invitation.expires_at <= timezone.now()
        return state_cell("expired", "Expired") if is_over else state_cell("open", "Open")


link_targets(Member, "member.")
link_targets(Invitation, "invitation.")
