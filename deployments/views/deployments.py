"""Deployments: the list, and one of them as it goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.permissions import PartnerRequest, Permission, partner_view
from config.pages.pagination import paginate
from deployments import states
from deployments.builder.themes import theme_of
from deployments.forms import DeploymentFilterForm
from deployments.models import Deployment, DeploymentQuerySet
from deployments.site import Site
from deployments.targets.archives import ArchiveStore
from deployments.timeline import steps_of, total
from integrations.models import WebhookDelivery

_SORTS = {"newest": "-created_at", "oldest": "created_at"}


@partner_view(Permission.SEE_CALLS)
def deployments(request: PartnerRequest) -> HttpResponse:
    """The partner's deployments, newest first."""
    form = DeploymentFilterForm(request.GET)
    page = paginate(form.filter_queryset(_mine(request)), request.GET, sorts=_SORTS)
    rows = [(row, total(row)) for row in page]
    return render(
        request, "deployments/list.html", {"form": form, "page": page, "deployments": rows}
    )


@partner_view(Permission.SEE_CALLS)
def deployment(request: PartnerRequest, deployment_id: str) -> HttpResponse:
    """One deployment: its steps, where its shop is, and what was told of it."""
    found = get_object_or_404(_mine(request).select_related("endpoint"), pk=deployment_id)
    told = WebhookDelivery.objects.of(request.partner.id).filter(stream=found.id)
    context = {
        "deployment": found,
        "steps": steps_of(found),
        "total": total(found),
        "is_running": found.state in states.RUNNING,
        "deliveries": told.order_by("position").defer("body").with_last_attempt(),
        "site": Site.of(found),
        "archive_url": _archive_url(found),
        **_picture(found),
    }
    return render(request, "deployments/detail.html", context)


def _mine(request: PartnerRequest) -> DeploymentQuerySet:
    return Deployment.objects.of(request.partner.id).select_related("website")


def _archive_url(deployment: Deployment) -> str:
    token = ArchiveStore(Path(settings.SITES_ROOT)).token_of(deployment.id)
    return reverse("site-archive", args=[token]) if token else ""


def _picture(deployment: Deployment) -> dict[str, Any]:
    """What the drawing shows: a shop may be framed by nobody but itself, so it is no frame."""
    theme = theme_of(deployment.categories[0])
    return {"theme": theme, "tiles": theme.backdrops, "categories": deployment.categories}
