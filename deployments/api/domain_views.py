"""The domains of a shop: `deployments/{identifier}/domains`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from accounts.api.views import ManagementView
from config.api.renderers import ApiResponse
from config.api.timestamps import timestamp
from deployments.api.site_views import find_website
from deployments.domains import file_url, txt_name, txt_value
from deployments.models import SiteDomain, Website
from deployments.services.domains import request_check


class DomainsView(ManagementView):
    """GET: the account's domains, and how each is proven."""

    endpoint = "domains.list"
    label = gettext_noop("List the domains of a shop")

    def get(self, request: Any, identifier: str) -> ApiResponse:
        website = find_website(self.admission.partner_id, identifier)
        return ApiResponse({"success": True, "data": _domains_of(website)})


class VerifyDomainsView(ManagementView):
    """POST: check the proofs now instead of at their next time."""

    endpoint = "domains.verify"
    label = gettext_noop("Verify the domains of a shop")

    def post(self, request: Any, identifier: str) -> ApiResponse:
        website = find_website(self.admission.partner_id, identifier)
        request_check(website=website)
        return ApiResponse({"success": True, "data": _domains_of(website)}, status=202)


def _domains_of(website: Website) -> list[dict[str, Any]]:
    rows = SiteDomain.objects.of(website.partner_id).filter(website=website)
    return [_domain(row) for row in rows.order_by("name")]


def _domain(row: SiteDomain) -> dict[str, Any]:
    return {
        "domain": row.name,
        "status": "verified" if row.proven_at else "pending",
        "verifiedAt": timestamp(row.proven_at) if row.proven_at else None,
        "checkedAt": timestamp(row.checked_at) if row.checked_at else None,
        "error": row.error or None,
        "url": row.origin or None,
        "txtRecord": {"name": txt_name(row.name), "value": txt_value(row.token)},
        "file": {"url": file_url(row.name), "content": row.token},
    }
