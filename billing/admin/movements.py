"""Pages on which staff ask for points or money to be moved; another person approves."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accounts.models import Partner
from billing.admin.asking import (
    ask_for,
    asking_page,
    facts_of_purchase,
    list_address,
    row_address,
    send_request,
    share_text,
)
from billing.balance import read_balance
from billing.forms.approvals import (
    BookPaymentForm,
    CorrectionForm,
    GrantForm,
    RefundForm,
    WriteOffForm,
)
from billing.models import Approval, PointBucket, Purchase
from billing.money import rupees
from billing.services import (
    PaymentUnavailable,
    fetch_captured,
)
from billing.services.approval_rules import REQUEST
from billing.templatetags.points import points as format_points
from config.admin.partner_filter import partner_widget
from config.admin.partner_page import partner_action
from config.db.ids import is_id

Kind = Approval.Kind


@asking_page("Grant points", "billing_pointbucket_grant", "billing/pointbucket/grant/")
def grant(request: HttpRequest) -> HttpResponse:
    """Ask for points without a purchase; `?partner=` prefills the partner."""
    form = _grant_form(request)
    if form.is_valid():
        given = form.cleaned_data
        return send_request(
            request,
            form,
            given["partner"],
            Kind.GRANT,
            points=given["points"],
            tier=given["tier"],
        )
    consequence = (
        "The points go into a new bucket and are used after the partner's existing points."
    )
    back = list_address("pointbucket")
    return ask_for(request, form, "Grant points", consequence, back, of="Point buckets")


def _grant_form(request: HttpRequest) -> GrantForm:
    """Find the partner by typing its name, as lists do."""
    given = request.GET.get("partner", "")
    form = GrantForm(request.POST or None, initial={"partner": given if is_id(given) else ""})
    field: Any = form.fields["partner"]
    sent = request.POST.get("partner", "")
    if not sent or is_id(sent):  # it looks up what was sent
        owned = PointBucket._meta.get_field("partner")
        field.widget = partner_widget(owned, admin.site, "Choose a partner")
        field.widget.choices = field.choices
    return form


@asking_page(
    "Correct points", "billing_pointbucket_correct", "billing/pointbucket/<str:bucket_id>/correct/"
)
def correct(request: HttpRequest, bucket_id: str) -> HttpResponse:
    rows = PointBucket.objects.of_all().select_related("partner")
    bucket = get_object_or_404(rows, pk=bucket_id)
    form = CorrectionForm(request.POST or None)
    if form.is_valid():
        return send_request(
            request,
            form,
            bucket.partner,
            Kind.CORRECTION,
            points=form.signed_points,
            bucket=bucket,
        )
    return ask_for(
        request,
        form,
        "Correct points",
        "A correction is an entry of its own in the ledger.",
        row_address("pointbucket", bucket.pk),
        facts=[
            ("Bucket", bucket.label),
            ("Partner", bucket.partner),
            ("Unspent", share_text(bucket.available, bucket.original)),
        ],
    )


@asking_page(
    "Refund purchase", "billing_purchase_refund", "billing/purchase/<str:purchase_id>/refund/"
)
def refund(request: HttpRequest, purchase_id: str) -> HttpResponse:
    purchase = _purchase(purchase_id)
    bucket = purchase.bucket
    back = row_address("purchase", purchase.pk)
    if bucket is None or not purchase.is_paid:
        state = purchase.get_state_display()
        messages.error(request, f"This purchase cannot be refunded: {state}.")
        return redirect(back)
    form = RefundForm(request.POST or None, excess_paise=purchase.excess_paise)
    if form.is_valid():
        extent = form.cleaned_data["extent"]
        is_unspent_only = extent == "unspent"
        size = {"whole": purchase.points, "unspent": bucket.remaining, "excess": 0}[extent]
        if size or extent == "excess":
            return send_request(
                request,
                form,
                purchase.partner,
                Kind.REFUND,
                points=-size,
                purchase=purchase,
                is_unspent_only=is_unspent_only,
            )
        form.add_error("extent", "Nothing of this purchase is unspent.")
    consequence = (
        "The points are removed, and their share of the price is refunded with a credit note. The"
        " whole purchase can be refunded while none of it is used."
    )
    if purchase.gateway == "manual":
        consequence += " Transfer the money yourself: there is no automatic refund."
    facts = [
        *facts_of_purchase(purchase),
        ("Paid", rupees(purchase.total_paise)),
        ("Unspent", share_text(bucket.remaining, bucket.original)),
    ]
    return ask_for(request, form, "Refund purchase", consequence, back, facts=facts)


@asking_page("Book payment", "billing_purchase_book", "billing/purchase/<str:purchase_id>/book/")
def book(request: HttpRequest, purchase_id: str) -> HttpResponse:
    """Ask for one of the payments at the gateway to be booked in spite of its amount."""
    purchase = _purchase(purchase_id)
    back = row_address("purchase", purchase.pk)
    try:
        payments = fetch_captured(purchase)
    except PaymentUnavailable:
        messages.error(request, "The gateway is not responding. Try again later.")
        return redirect(back)
    enough = [each for each in payments if each.remaining_paise >= purchase.total_paise]
    if not enough:
        messages.error(request, f"No payment covers {rupees(purchase.total_paise)}.")
        return redirect(back)
    form = BookPaymentForm(request.POST or None, payments=enough)
    if form.is_valid():
        return send_request(
            request,
            form,
            purchase.partner,
            Kind.BOOKING,
            points=purchase.points,
            purchase=purchase,
            payment_id=form.cleaned_data["payment_id"],
        )
    consequence = (
        "The partner gets the points and an invoice over what was due. What was paid above it is"
        " noted."
    )
    facts = [
        *facts_of_purchase(purchase),
        ("Due", rupees(purchase.total_paise)),
        ("Points", format_points(purchase.points)),
    ]
    return ask_for(request, form, "Book payment", consequence, back, facts=facts)


@asking_page(
    "Write off debt", "billing_approval_write_off", "billing/approval/write-off/<str:partner>/"
)
def write_off(request: HttpRequest, partner: str) -> HttpResponse:
    owner = get_object_or_404(Partner, pk=partner)
    owed = read_balance(owner).owed
    form = WriteOffForm(request.POST or None, initial={"points": owed})
    if form.is_valid():
        return send_request(
            request, form, owner, Kind.WRITE_OFF, points=form.cleaned_data["points"]
        )
    consequence = (
        "These points were used before their payment went back. What is written off is not taken"
        " from the next purchase."
    )
    back = row_address("partner", owner.pk, "accounts")
    facts = [("Partner", owner), ("Debt", f"{format_points(owed)} points")]
    return ask_for(request, form, "Write off debt", consequence, back, facts=facts)


@partner_action(label="Grant points", permission=REQUEST, place=20)
def offer_grant(partner: Partner) -> str:
    return f"{reverse('admin:billing_pointbucket_grant')}?partner={partner.pk}"


@partner_action(label="Write off debt", permission=REQUEST, place=21)
def offer_write_off(partner: Partner) -> str:
    owes = PointBucket.objects.of(partner.pk).owing().exists()
    return reverse("admin:billing_approval_write_off", args=[partner.pk]) if owes else ""


def _purchase(purchase_id: str) -> Purchase:
    purchases = Purchase.objects.of_all().select_related("partner", "bucket")
    return get_object_or_404(purchases, pk=purchase_id)
