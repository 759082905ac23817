"""Balance, buckets and packages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.permissions import PartnerRequest, Permission, partner_view
from billing.balance import read_balance
from billing.ledger_state import read_proof
from billing.pricing import compare_images, read_offers


@partner_view(Permission.SEE, is_live_only=True)
def points(request: PartnerRequest) -> HttpResponse:
    balance = read_balance(request.partner)
    offers = read_offers()
    context = {
        "balance": balance,
        "offers": offers,
        "images": compare_images(offers),
        "proof": read_proof(request.partner.id),
    }
    return render(request, "billing/points.html", context)
