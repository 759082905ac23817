"""What is left, at which prices, and what is on sale."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from accounts.permissions import PartnerRequest, Permission, partner_view
from billing.balance import read_balance
from billing.pricing import read_offers


@partner_view(Permission.SEE)
def points(request: PartnerRequest) -> HttpResponse:
    """Balance, buckets in burn order, packages side by side."""
    balance = read_balance(request.partner)
    context = {"balance": balance, "offers": read_offers()}
    return render(request, "billing/points.html", context)
