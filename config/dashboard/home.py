"""The first page after sign-in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import PartnerRequest, Right, partner_page
from accounts.models import ApiKey, Partner
from imaging.services.statistics import PriceTable, UsageStatistics, read_usage

#: A partner may have ten active image keys; the rest of the list is history.
_MOST_KEYS = 30


@partner_page(Right.SEE)
def home(request: PartnerRequest) -> HttpResponse:
    """The partner's balance, keys and a first call to paste."""
    partner = request.partner
    usage = read_usage(partner.id)
    context = {
        "usage": usage,
        "calls": usage.creations + usage.enhancements,
        "cheapest": _cheapest(usage),
        "prices": _price_rows(usage.prices),
        "keys": _newest_keys(partner),
        "public_url": settings.PUBLIC_URL,
    }
    return render(request, "dashboard/home.html", context)


def _newest_keys(partner: Partner) -> QuerySet[ApiKey]:
    """Working keys before revoked ones, of which there may be many after years of rolling."""
    working_first = F("revoked_at").desc(nulls_first=True)
    return partner.api_keys.order_by(working_first, "-created_at")[:_MOST_KEYS]


def _cheapest(usage: UsageStatistics) -> int | None:
    """The least that a call costs at the tier that is charged now."""
    if not usage.buckets:
        return None
    return min(usage.prices[usage.buckets[0].tier_id].values())


def _price_rows(prices: PriceTable) -> list[dict[str, Any]]:
    """`PriceTable` turned: one row for each kind of call, one price for each tier."""
    kinds = dict.fromkeys(kind for by_kind in prices.values() for kind in by_kind)
    return [
        {
            "action": action,
            "mode": mode,
            "by_tier": {tier: by_kind.get((action, mode)) for tier, by_kind in prices.items()},
        }
        for action, mode in kinds
    ]
