"""A partner's deployments: the list, and one with its progress."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.permissions import PartnerRequest, Permission, partner_view
from config.db.owned import is_sandbox
from config.pages.pagination import paginate
from config.pages.preferences import owner_in_mode
from deployments import states
from deployments.builder.themes import theme_of
from deployments.forms import DeploymentFilterForm
from deployments.models import Deployment, DeploymentQuerySet
from deployments.services.rollbacks import has_earlier_release
from deployments.site import Site
from deployments.targets.archives import ArchiveStore
from deployments.timeline import steps_of, total
from integrations.models import WebhookDelivery

_SORTS = {"newest": "-created_at", "oldest": "created_at"}


@partner_view(Permission.SEE_CALLS)
def deployments(request: PartnerRequest) -> HttpResponse:
    form = DeploymentFilterForm(request.GET)
    rows = form.filter_queryset(_of(owner_in_mode(request)))
    page = paginate(rows, request.GET, sorts=_SORTS)
    context = {"form": form, "page": page, "deployments": [(row, total(row)) for row in page]}
    return render(request, "deployments/list.html", context)


@partner_view(Permission.SEE_CALLS)
def deployment(request: PartnerRequest, deployment_id: str) -> HttpResponse:
    """Show one deployment: its steps, its shop and its webhooks."""
    found = get_object_or_404(_both(request).select_related("endpoint"), pk=deployment_id)
    deliveries = WebhookDelivery.objects.of(found.partner_id).filter(
        stream=found.id, endpoint=found.endpoint_id
    )
    context = {
        "deployment": found,
        "is_test": is_sandbox(found.partner_id),
        "steps": steps_of(found),
        "total": total(found),
        "is_running": found.state in states.RUNNING,
        "deliveries": deliveries.order_by("position").defer("body").with_last_attempt(),
        "site": Site.of(found),
        "archive_url": _archive_url(found),
        "has_earlier_release": has_earlier_release(found),
        "can_retry": found.state == states.FAILED and _is_newest(found),
        **_drawing(found),
    }
    return render(request, "deployments/detail.html", context)


def _of(owner: str) -> DeploymentQuerySet:
    return Deployment.objects.of(owner).select_related("website")


def _both(request: PartnerRequest) -> DeploymentQuerySet:
    return Deployment.objects.of_both(request.partner.id).select_related("website")


def _is_newest(deployment: Deployment) -> bool:
    mine = Deployment.objects.of(deployment.partner_id).filter(website=deployment.website_id)
    return not mine.filter(created_at__gt=deployment.created_at).exists()


def _archive_url(deployment: Deployment) -> str:
    token = ArchiveStore(Path(settings.SITES_ROOT)).token_of(deployment.id)
    return reverse("site-archive", args=[token]) if token else ""


def _drawing(deployment: Deployment) -> dict[str, Any]:
    """Return the context of the drawing that stands for the shop, which forbids framing."""
    theme = theme_of(deployment.categories[0])
    return {"theme": theme, "tiles": theme.backdrops, "categories": deployment.categories}
