"""Admin pages for partners."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from accounts.forms.staff import LimitsForm
from accounts.models import Member, Partner
from accounts.services.live_access import approve_partner
from accounts.services.partners import (
    deactivate_partner,
    reactivate_partner,
    set_limits,
)
from config.admin.acts import ReasonForm
from config.admin.columns import state_cell
from config.admin.options import (
    ReadOnlyAdmin,
    actor_of,
    confirm,
    posted_when_confirmed,
)
from config.admin.pages import render_page
from config.admin.partner_page import Cell, read_actions, read_sections
from config.admin.search import ANY, EMAIL, ID, Term
from config.admin.targets import link_targets


def _partners_of(email: str) -> QuerySet[Any]:
    """Return the ids of the partners that a user belongs to."""
    return Member.objects.of_all().filter(user__email=email.lower()).values("partner_id")


@admin.register(Partner)
class PartnerAdmin(ReadOnlyAdmin):
    list_display = ("name", "id", "state", "live_approved_at", "created_at")
    list_filter = ("is_active", ("live_approved_at", admin.EmptyFieldListFilter))
    phone = ("name", "state", "created_at", "live_approved_at")
    search_fields = ("name",)
    search_terms = (
        Term("pk", ID),
        Term("email", EMAIL, lambda rows, term: rows.filter(pk__in=_partners_of(term))),
        Term("name__icontains", ANY),
    )
    search_help_text = "Name, partner ID or a member's whole email address"
    actions = ("approve", "deactivate", "reactivate", "change_limits")

    @admin.display(description="Status")
    def state(self, partner: Partner) -> str:
        if not partner.is_active:
            return state_cell("revoked", "Inactive")
        return state_cell("active", "Live" if partner.live_approved_at else "Test only")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show everything of the partner that apps register; each change has a page of its own."""
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        partner = get_object_or_404(Partner.with_sandboxes, pk=object_id)
        if partner.sandbox_of_id:  # a row of its sandbox names it
            return redirect("admin:accounts_partner_change", partner.sandbox_of_id)
        return render_page(
            request,
            "admin/accounts/partner/page.html",
            title=partner.name,
            partner=partner,
            badges=_badges(partner),
            actions=read_actions(request, partner),
            sections=read_sections(request, partner),
        )

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.decide_live_access")

    def has_deactivate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.deactivate_partner")

    def has_limit_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.set_limits")

    @admin.action(description="Approve selected partners for live access", permissions=["decide"])
    def approve(self, request: HttpRequest, partners: QuerySet[Partner]) -> TemplateResponse | None:
        if page := confirm(
            self,
            request,
            partners,
            action="approve",
            question="Approve these partners for live access?",
            consequence="They can create live keys and generate images. Their owners are emailed.",
            button="Approve for live access",
        ):
            return page
        approved = [
            partner.name
            for partner in partners
            if approve_partner(partner=partner, actor=actor_of(request))
        ]
        messages.success(
            request, f"Approved: {', '.join(approved) or 'none (all already approved)'}."
        )
        return None

    @admin.action(description="Deactivate selected partners", permissions=["deactivate"])
    def deactivate(
        self, request: HttpRequest, partners: QuerySet[Partner]
    ) -> TemplateResponse | None:
        form = ReasonForm(posted_when_confirmed(request))
        if page := confirm(
            self,
            request,
            partners,
            action="deactivate",
            form=form,
            question="Deactivate these partners?",
            consequence="Requests with their keys are rejected immediately, and their shops go "
            "offline. Points and data stay.",
            button="Deactivate partners",
        ):
            return page
        for partner in partners:
            deactivate_partner(partner=partner, actor=actor_of(request), **form.cleaned_data)
        messages.success(request, "Partners deactivated. Their keys no longer work.")
        return None

    @admin.action(description="Reactivate selected partners", permissions=["deactivate"])
    def reactivate(
        self, request: HttpRequest, partners: QuerySet[Partner]
    ) -> TemplateResponse | None:
        form = ReasonForm(posted_when_confirmed(request))
        if page := confirm(
            self,
            request,
            partners,
            action="reactivate",
            form=form,
            question="Reactivate these partners?",
            consequence="Requests with their keys are accepted again immediately, and their shops "
            "are published again.",
            button="Reactivate partners",
        ):
            return page
        for partner in partners:
            reactivate_partner(partner=partner, actor=actor_of(request), **form.cleaned_data)
        messages.success(request, "Partners reactivated. Their keys work again.")
        return None

    @admin.action(description="Change rate limits of selected partners", permissions=["limit"])
    def change_limits(
        self, request: HttpRequest, partners: QuerySet[Partner]
    ) -> TemplateResponse | None:
        form = LimitsForm(posted_when_confirmed(request))
        if page := confirm(
            self,
            request,
            partners,
            action="change_limits",
            question="Change the rate limits of these partners?",
            consequence="The limits apply from the next request. Keys with their own limits keep "
            "them.",
            button="Change limits",
            form=form,
        ):
            return page
        for partner in partners:
            set_limits(partner=partner, actor=actor_of(request), **form.cleaned_data)
        messages.success(request, "Rate limits changed.")
        return None


def _badges(partner: Partner) -> list[Cell]:
    active = Cell("Active", tone="good") if partner.is_active else Cell("Deactivated", tone="bad")
    live = Cell("Live", tone="good") if partner.live_approved_at else Cell("Test only", tone="warn")
    return [active, live]


link_targets(Partner, "partner.")
