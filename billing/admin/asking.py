"""What the pages have in common on which staff ask for points or money to be moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import Partner, User
from billing.forms.approvals import RequestForm
from billing.models import Approval, Purchase
from billing.services import AlreadyRequested, ApprovalRefused, request_approval
from billing.services.approval_rules import DECIDE, REQUEST, is_small
from billing.templatetags.points import points as format_points
from config.admin.acts import Act
from config.admin.pages import render_page, staff_page
from config.admin.sections import Section


def asking_page(title: str, name: str, route: str) -> Callable[[Any], Any]:
    return staff_page(
        title=title,
        name=name,
        route=route,
        permission=REQUEST,
        section=Section.MONEY,
        is_in_navigation=False,
    )


def send_request(
    request: HttpRequest, form: RequestForm, partner: Partner, kind: Approval.Kind, **terms: Any
) -> HttpResponse:
    approval_id = form.cleaned_data["once"]
    try:
        approval = request_approval(
            asker=cast(User, request.user),
            partner=partner,
            kind=kind,
            reason=form.cleaned_data["reason"],
            approval_id=approval_id,
            **terms,
        )
    except AlreadyRequested:
        messages.warning(request, "Form submitted twice. The request was made once.")
        return redirect(row_address("approval", approval_id))
    except ApprovalRefused as error:
        messages.error(request, f"{error}.")
        return redirect(request.path)
    text = "Request sent. It is carried out once another person approves it."
    if is_small(approval) and request.user.has_perm(DECIDE):
        text = "Request created. You can approve it yourself, because it is small."
    messages.success(request, text)
    return redirect(approval)


def ask_for(
    request: HttpRequest, form: forms.Form, title: str, consequence: str, back: str, **more: Any
) -> HttpResponse:
    text = f"{consequence} Nothing changes until another person approves the request."
    act = Act(title=title, consequence=text, button="Request approval", back=back, **more)
    return render_page(request, "admin/act.html", title=title, act=act, form=form)


def facts_of_purchase(purchase: Purchase) -> list[tuple[str, Any]]:
    return [("Purchase", purchase.reference), ("Partner", purchase.partner)]


def share_text(part: int, whole: int) -> str:
    return f"{format_points(part)} of {format_points(whole)} points"


def row_address(model: str, pk: str, app: str = "billing") -> str:
    return reverse(f"admin:{app}_{model}_change", args=[pk])


def list_address(model: str) -> str:
    return reverse(f"admin:billing_{model}_changelist")
