"""The section of deployments on the partner's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from config.admin.partner_page import (
    MOST_ROWS,
    Cell,
    Table,
    link,
    list_of,
    partner_section,
    when,
)
from deployments.models import Deployment

_TONES = {"live": "good", "failed": "bad"}


@partner_section(title="Deployments", permission="deployments.view_deployment", place=55)
def show_deployments(request: HttpRequest, partner: Any) -> Table:
    newest = Deployment.objects.of(partner.pk).order_by("-created_at", "-id")
    rows = [
        (
            link(request, each.website.identifier, each),
            Cell(each.get_state_display(), tone=_TONES.get(each.state, "warn")),
            each.error or "–",
            when(each.created_at),
        )
        for each in newest.select_related("website")[:MOST_ROWS]
    ]
    columns = ("Site", "Status", "Error", "Requested")
    return Table(columns, rows, address=list_of(Deployment, partner))
