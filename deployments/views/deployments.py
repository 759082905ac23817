"""A partner's deployments: the list, and one with its progress."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.exports import limited_export
from accounts.permissions import PartnerRequest, Permission, View, partner_view
from config.db.keyset import Keyset
from config.db.owned import is_sandbox
from config.pages.addresses import tidy_address
from config.pages.charts import Chart, Unit
from config.pages.exports import Columns, export_list, time_columns, utc
from config.pages.pagination import paginate
from config.pages.preferences import owner_in_mode
from config.pages.streaming import read_in_chunks
from config.pages.strips import Strip, Tier
from deployments import states
from deployments.builder.static import PREVIEW_PICTURE
from deployments.forms import DeploymentFilterForm
from deployments.models import Deployment, DeploymentQuerySet
from deployments.services.rollbacks import has_earlier_release
from deployments.site import Site
from deployments.site_urls import shop_origins, site_name
from deployments.targets.archives import ArchiveStore
from deployments.timeline import steps_of, total
from deployments.views.merchants import Merchant
from integrations.models import WebhookDelivery, WebhookReceiver

_SORTS = {"newest": "-created_at", "oldest": "created_at"}
_NEWEST_FIRST = Keyset("created_at", descending=True)
_STRIP = Strip(
    gettext_lazy("Deployments by day"),
    Unit(gettext_lazy("deployment"), gettext_lazy("deployments")),
    "created_at",
    (
        Tier(gettext_lazy("Published or in progress"), "volume"),
        Tier(gettext_lazy("Failed"), "failed", Q(state=states.FAILED)),
    ),
    is_by_day=True,
)
_COLUMNS: Columns = {
    "brand": lambda row: row.brand_name,
    "shop": lambda row: row.website.identifier,
    "status": lambda row: row.get_state_display(),
    "reason": lambda row: row.get_reason_display(),
    "error": lambda row: row.error,
    "finished_utc": lambda row: utc(row.ended_at),
    "categories": lambda row: ", ".join(row.categories),
    "deployment": lambda row: row.pk,
    "account": lambda row: row.website.account_id,
}


def with_shop_pictures(view: View) -> View:
    """Allow the page to load images from shops."""

    @functools.wraps(view)
    def page(*args: Any, **kwargs: Any) -> Any:
        return csp_update({"img-src": ["'self'", *shop_origins()]})(view)(*args, **kwargs)

    return page


@partner_view(Permission.SEE_CALLS)
@tidy_address
@with_shop_pictures
def deployments(request: PartnerRequest) -> HttpResponse:
    form = DeploymentFilterForm(request.GET)
    rows = form.filter_queryset(_of(owner_in_mode(request)))
    page = paginate(rows, request.GET, sorts=_SORTS)
    context = {
        "form": form,
        "page": page,
        "deployments": [(row, total(row)) for row in page],
        "strip": _chart(rows, form),
    }
    return render(request, "deployments/list.html", context)


@partner_view(Permission.SEE_CALLS)
@limited_export
def deployments_csv(request: PartnerRequest) -> HttpResponseBase:
    form = DeploymentFilterForm(request.GET)
    rows = form.filter_queryset(_of(owner_in_mode(request))).defer("material")
    columns = {**time_columns("created_at"), **_COLUMNS}
    chunks = read_in_chunks(rows, _NEWEST_FIRST)
    return export_list(request, form, chunks, columns, page="deployments", name="deployments")


@partner_view(Permission.SEE_CALLS)
@with_shop_pictures
def deployment(request: PartnerRequest, deployment_id: str) -> HttpResponse:
    """Show one deployment: its steps, its shop and its webhooks."""
    mine = _both(request).select_related("endpoint", "website__account")
    found = get_object_or_404(mine, pk=deployment_id)
    deliveries = WebhookDelivery.objects.of(found.partner_id).filter(
        stream=found.id, endpoint=found.endpoint_id
    )
    site = Site.of(found)
    context = {
        "deployment": found,
        "is_test": is_sandbox(found.partner_id),
        "steps": steps_of(found),
        "total": total(found),
        "is_running": found.state in states.RUNNING,
        "deliveries": deliveries.order_by("position").defer("body").with_last_attempt(),
        "site": site,
        "merchant": Merchant.read(found.website.account),
        "receiver": WebhookReceiver.objects.of(found.partner_id).at(found.endpoint.url).first(),
        "archive_url": _archive_url(found),
        "has_earlier_release": has_earlier_release(found),
        "can_retry": found.state == states.FAILED and _is_newest(found),
        "picture": _picture(site),
    }
    return render(request, "deployments/detail.html", context)


def _chart(rows: DeploymentQuerySet, form: DeploymentFilterForm) -> Chart | None:
    window = form.window.closed()
    return _STRIP.read(rows.filter(created_at__gte=window[0]), window, form.query)


def _of(owner: str) -> DeploymentQuerySet:
    return Deployment.objects.of(owner).select_related("website")


def _both(request: PartnerRequest) -> DeploymentQuerySet:
    return Deployment.objects.of_both(request.partner.id).select_related("website")


def _is_newest(deployment: Deployment) -> bool:
    mine = Deployment.objects.of(deployment.partner_id).filter(website=deployment.website_id)
    return not mine.filter(created_at__gt=deployment.created_at).exists()


def _picture(site: Site) -> str:
    """Return the URL of the shop's own link preview, "" until there is one."""
    home = site.production_url or site.preview_url
    if not home or (settings.DEPLOY_TARGET == "local" and not _has_picture(site)):
        return ""
    return f"{home.rstrip('/')}/{PREVIEW_PICTURE}"


def _has_picture(site: Site) -> bool:
    folder = Path(settings.SITES_ROOT) / site_name(site.deployment.website)
    stage = "production" if site.production_url else "preview"
    return (folder / stage / PREVIEW_PICTURE).is_file()


def _archive_url(deployment: Deployment) -> str:
    token = ArchiveStore(Path(settings.SITES_ROOT)).token_of(deployment.id)
    return reverse("site-archive", args=[token]) if token else ""
