"""Admin pages for requests to move points and money, and their approval."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.models import User
from billing.forms.approvals import DeclineForm
from billing.models import Approval, BankTransfer
from billing.services import approve, decline_approval, withdraw_approval
from billing.services.approval_preview import OBSTACLES, describe_obstacle, preview_approval
from billing.services.approval_rules import (
    DECIDE,
    REQUEST,
    describe_need,
    is_same_person,
    is_small,
)
from billing.templatetags.points import points as format_points
from config.admin.attention import attention_rows
from config.admin.columns import number_column
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin
from config.admin.pages import View, staff_page
from config.admin.search import ID, Term
from config.admin.sections import Section


@attention_rows(
    Approval,
    one="request to approve",
    many="requests to approve",
    permission=DECIDE,
    button="Decide",
)
def pending_approvals() -> QuerySet[Any]:
    return Approval.objects.of_all().pending()


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    list_display = (
        "requested_at",
        "kind",
        "partner",
        "amount",
        "reason",
        "requested_by",
        "state",
    )
    list_filter = ("state", "kind")
    list_select_related = ("partner", "requested_by")
    period = Period("id", 90, open_states=(("state__exact", "pending"),))
    search_terms = (Term("pk", ID), Term("partner_id", ID))
    search_help_text = "ID of the request or the partner"
    ordering = ("-id",)
    fields: ClassVar[tuple[str, ...]] = ()
    change_form_template = "admin/billing/approval/change_form.html"
    phone = ("partner", "amount", "kind", "state")
    amount = number_column("points", "Points", format_points)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        rows = Approval.objects.of_all().select_related(
            "partner", "tier", "purchase", "bucket", "requested_by", "decided_by"
        )
        approval = rows.filter(pk=object_id).first()
        if approval and self.has_view_permission(request, approval):
            extra_context = {**(extra_context or {}), **_context(request, approval)}
        return super().change_view(request, object_id, form_url, extra_context)


def _context(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    user = cast(User, request.user)
    is_own = approval.requested_by_id == user.pk
    # A job ends those that have lapsed, once an hour.
    is_open = approval.is_pending and approval.expires_at > timezone.now()
    decides = is_open and user.has_perm(DECIDE)
    needs_other = is_same_person(user=user, approval=approval) and not is_small(approval)
    return {
        "approval": approval,
        "title": str(approval.get_kind_display()),
        "subtitle": None,
        "is_open": is_open,
        "preview": preview_approval(approval=approval, viewer=user) if is_open else None,
        "may_approve": decides and not needs_other,
        "need": describe_need(user=user, approval=approval) if decides and needs_other else "",
        "may_decline": decides and not is_own,
        "may_withdraw": is_open and is_own,
        "decline_form": DeclineForm(),
        "transfers": _transfers(approval),
    }


def _transfers(approval: Approval) -> list[BankTransfer]:
    """Return the bank transfers that the approver compares with the statement."""
    if approval.purchase is None:
        return []
    mine = BankTransfer.objects.of(approval.partner_id).filter(purchase=approval.purchase)
    return list(mine.select_related("recorded_by").order_by("id"))


def _decision(name: str, permission: str) -> Callable[[Any], Any]:
    register = staff_page(
        title=f"{name.capitalize()} request",
        name=f"billing_approval_{name}",
        route=f"billing/approval/<str:approval_id>/{name}/",
        permission=permission,
        section=Section.MONEY,
    )
    return lambda view: register(_posted(view))


def _posted(view: View) -> View:
    """Lead from the address of a decision, if it is opened, to the request that it decides."""

    @wraps(view)
    def decide(request: HttpRequest, approval_id: str) -> HttpResponseBase:
        if request.method != "POST":
            return redirect(_approval(approval_id))
        return view(request, approval_id)

    return decide


@_decision("approve", DECIDE)
def approve_request(request: HttpRequest, approval_id: str) -> HttpResponse:
    approval = _approval(approval_id)
    try:
        approve(approval=approval, approver=cast(User, request.user))
    except OBSTACLES as obstacle:
        messages.error(request, f"Not approved. {describe_obstacle(obstacle)}")
    else:
        messages.success(request, "Approved and carried out.")
    return redirect(approval)


@_decision("decline", DECIDE)
def decline_request(request: HttpRequest, approval_id: str) -> HttpResponse:
    approval, form = _approval(approval_id), DeclineForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why you decline.")
        return redirect(approval)
    user = cast(User, request.user)
    try:
        decline_approval(approval=approval, approver=user, note=form.cleaned_data["note"])
    except OBSTACLES as obstacle:
        messages.error(request, describe_obstacle(obstacle))
    else:
        messages.success(request, "Request declined.")
    return redirect(approval)


@_decision("withdraw", REQUEST)
def withdraw_request(request: HttpRequest, approval_id: str) -> HttpResponse:
    approval = _approval(approval_id)
    try:
        withdraw_approval(approval=approval, asker=cast(User, request.user))
    except OBSTACLES as obstacle:
        messages.error(request, describe_obstacle(obstacle))
    else:
        messages.success(request, "Request withdrawn.")
    return redirect(approval)


def _approval(approval_id: str) -> Approval:
    rows = Approval.objects.of_all().select_related("partner", "purchase")
    return get_object_or_404(rows, pk=approval_id)
