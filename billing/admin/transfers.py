"""Admin pages for bank transfers: staff record them; an approval books or returns them."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accounts.models import User
from billing.forms.approvals import RequestForm
from billing.forms.payments import TransferForm
from billing.models import BankTransfer, Purchase
from billing.money import rupees
from billing.services import (
    AlreadyRequested,
    ApprovalRefused,
    TransferRefused,
    record_transfer,
    request_return,
)
from billing.services.approval_rules import REQUEST
from config.admin.acts import Act, object_act
from config.admin.attention import attention_rows
from config.admin.columns import number_column
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin, ReadOnlyInline, datetime_column
from config.admin.pages import render_page, staff_page
from config.admin.search import ANY, ID, Term
from config.admin.sections import Section

_VIEW = "billing.view_banktransfer"


class TransferColumns:
    amount = number_column("amount_paise", "Amount", rupees)


class TransferInline(TransferColumns, ReadOnlyInline):
    model = BankTransfer
    fields = readonly_fields = ("reference", "amount", "received_on", "state", "recorded")
    show_change_link = True
    recorded = datetime_column("recorded_at", "Recorded")


@admin.register(BankTransfer)
class BankTransferAdmin(TransferColumns, ReadOnlyAdmin):
    list_display = (
        "reference",
        "partner",
        "purchase",
        "amount",
        "received_on",
        "state",
        "recorded_by",
        "recorded_at",
    )
    list_filter = ("state",)
    period = Period("id", 90, open_states=(("state__exact", "received"),))
    search_terms = (
        Term("pk", ID),
        Term("partner_id", ID),
        Term("reference", ANY, lambda rows, term: rows.filter(reference=term.upper())),
    )
    search_help_text = "Bank reference, transfer ID or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "closed_at")
    phone = ("partner", "amount", "reference", "state")


@attention_rows(
    BankTransfer,
    one="bank transfer neither booked nor returned",
    many="bank transfers neither booked nor returned",
    permission=_VIEW,
    button="Decide",
)
def open_transfers() -> QuerySet[Any]:
    return BankTransfer.objects.of_all().open()


@staff_page(
    title="Record bank transfer",
    name="billing_purchase_transfer",
    route="billing/purchase/<str:purchase_id>/transfer/",
    permission=REQUEST,
    section=Section.MONEY,
)
def record(request: HttpRequest, purchase_id: str) -> HttpResponse:
    """Take what the bank statement shows; the full amount becomes a request for approval."""
    purchases = Purchase.objects.of_all().select_related("partner")
    purchase = get_object_or_404(purchases, pk=purchase_id)
    form = TransferForm(request.POST or None, purchase=purchase)
    if form.is_valid():
        return _record(request, purchase, form.cleaned_data)
    act = Act(
        title="Record bank transfer",
        consequence="If the amount due has arrived, another person approves the points. Any other"
        " amount is noted with the purchase, to be completed, booked or returned.",
        button="Record transfer",
        back=_page(purchase),
        facts=[
            ("Purchase", purchase.reference),
            ("Partner", purchase.partner),
            ("Due", rupees(purchase.total_paise)),
        ],
    )
    return render_page(request, "admin/act.html", title=act.title, act=act, form=form)


def _record(request: HttpRequest, purchase: Purchase, given: dict[str, Any]) -> HttpResponse:
    try:
        approval = record_transfer(
            purchase=purchase,
            reference=given["bank_reference"],
            amount_paise=given["amount"],
            received_on=given["received_on"],
            staff=cast(User, request.user),
        )
    except (TransferRefused, ApprovalRefused) as error:
        messages.error(request, f"{error}.")
        return redirect(_page(purchase))
    if approval is None:
        messages.warning(request, "Recorded, not booked. See Attention for what is missing.")
        return redirect(_page(purchase))
    messages.success(request, "Recorded. It is booked once another person approves it.")
    return redirect(approval)


@staff_page(
    title="Return bank transfer",
    name="billing_banktransfer_return",
    route="billing/banktransfer/<str:transfer_id>/return/",
    permission=REQUEST,
    section=Section.MONEY,
)
def send_back(request: HttpRequest, transfer_id: str) -> HttpResponse:
    rows = BankTransfer.objects.of_all().select_related("purchase", "partner")
    transfer = get_object_or_404(rows, pk=transfer_id)
    back = reverse("admin:billing_banktransfer_change", args=[transfer.pk])
    if not transfer.is_open:
        messages.error(request, f"This transfer is {transfer.get_state_display().lower()}.")
        return redirect(back)
    form = RequestForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            approval = request_return(transfer=transfer, asker=cast(User, request.user), **given)
        except AlreadyRequested:
            return redirect("admin:billing_approval_change", given["once"])
        except ApprovalRefused as error:
            messages.error(request, f"{error}.")
            return redirect(back)
        messages.success(request, "Request sent. Send the money once another person approves it.")
        return redirect(approval)
    act = Act(
        title="Return bank transfer",
        consequence="No points are credited for it. Once another person approves, send the money"
        " yourself: the bank is not asked.",
        button="Request approval",
        back=back,
        facts=[
            ("Transfer", transfer.reference),
            ("Partner", transfer.partner),
            ("Amount", rupees(transfer.amount_paise)),
        ],
    )
    return render_page(request, "admin/act.html", title=act.title, act=act, form=form)


object_act(
    "billing.banktransfer",
    label="Return transfer",
    page="billing_banktransfer_return",
    permission=REQUEST,
    applies=lambda transfer: transfer.is_open,
)


def _page(purchase: Purchase) -> str:
    return reverse("admin:billing_purchase_change", args=[purchase.pk])
