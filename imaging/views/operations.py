"""A partner's generated images: the list, and the receipt of each call."""

from __future__ import annotations

import functools
from datetime import timedelta
from decimal import Decimal
from typing import Any

from csp.decorators import csp_update
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.exports import limited_export
from accounts.models import Partner, RequestLog
from accounts.permissions import PartnerRequest, Permission, View, partner_view
from billing.points import SCALE
from config.db.keyset import Keyset
from config.pages.addresses import tidy_address
from config.pages.charts import Chart, Unit
from config.pages.exports import Columns, export_list, time_columns
from config.pages.pagination import paginate
from config.pages.preferences import mode_of
from config.pages.streaming import read_in_chunks
from config.pages.strips import Strip, Tier
from imaging.forms import OperationFilterForm
from imaging.image_urls import image_origins, image_source, thumbnail_source
from imaging.models import ImageOperation, ImageOperationQuerySet, ImageTakedown

_SORTS = {"newest": "-created_at", "oldest": "created_at"}
_NEWEST_FIRST = Keyset("created_at", descending=True)
_STRIP = Strip(
    gettext_lazy("Image requests over time"),
    Unit(gettext_lazy("image request"), gettext_lazy("image requests")),
    "created_at",
    (
        Tier(pgettext_lazy("image requests", "Created"), "volume"),
        Tier(gettext_lazy("Failed"), "failed", ~Q(failure="")),
    ),
)
_COLUMNS: Columns = {
    "action": lambda row: row.get_action_display(),
    "mode": lambda row: row.get_mode_display(),
    "requested_mode": lambda row: row.get_requested_mode_display(),
    "aspect_ratio": lambda row: row.aspect_ratio,
    "resolution": lambda row: row.resolution,
    "images": lambda row: len(row.image_urls),
    "status": lambda row: row.charge.get_state_display() if row.charge else "Test",
    "failure": lambda row: row.shown_failure.label if row.failure else "",
    "points": lambda row: Decimal(row.charge.net_cost if row.charge else 0) / SCALE,
    "key": lambda row: str(row.key),
    "duration_ms": lambda row: "" if row.processing_ms is None else row.processing_ms,
    "operation": lambda row: row.pk,
    "client_request_id": lambda row: row.client_request_id,
}
#: A call is finished and in the request log within this time after its start.
_LOGGED_WITHIN = timedelta(minutes=10)


def with_image_origins(view: View) -> View:
    """Allow the page to load images from where they are stored."""

    @functools.wraps(view)
    def page(*args: Any, **kwargs: Any) -> Any:
        return csp_update({"img-src": image_origins()})(view)(*args, **kwargs)

    return page


@partner_view(Permission.SEE_CALLS)
@tidy_address
@with_image_origins
def operations(request: PartnerRequest) -> HttpResponse:
    """List operations line by line, or as a gallery."""
    form = OperationFilterForm(request.GET, request.partner)
    rows = form.filter_queryset(_in_mode(request))
    page = paginate(rows.select_related("charge", "key"), request.GET, sorts=_SORTS)
    mine = ImageTakedown.objects.of(request.partner.id).filter(restored_at=None)
    hidden = set(mine.filter(operation__in=list(page)).values_list("operation_id", flat=True))
    shown = [(row, "" if row.pk in hidden else thumbnail_source(row)) for row in page]
    is_gallery = request.GET.get("view") == "gallery"
    context = {
        "form": form,
        "page": page,
        "shown": shown,
        "is_gallery": is_gallery,
        "strip": None if is_gallery else _chart(rows, form),
    }
    return render(request, "operations/list.html", context)


@partner_view(Permission.SEE_CALLS)
@limited_export
def operations_csv(request: PartnerRequest) -> HttpResponseBase:
    form = OperationFilterForm(request.GET, request.partner)
    rows = form.filter_queryset(_in_mode(request))
    chunks = read_in_chunks(rows.select_related("charge", "key"), _NEWEST_FIRST)
    columns = {**time_columns("created_at"), **_COLUMNS}
    return export_list(request, form, chunks, columns, page="operations", name="images")


@partner_view(Permission.SEE_CALLS)
@with_image_origins
def operation(request: PartnerRequest, operation_id: str) -> HttpResponse:
    """Show the images and the receipt of one operation."""
    row = get_object_or_404(
        ImageOperation.objects.of(request.partner.id).with_receipt(operation_id)
    )
    context = {
        "row": row,
        "images": [(url, image_source(url)) for url in row.image_urls],
        "takedown": row.takedowns.filter(restored_at=None).first(),
        "call": _call_of(row, request.partner),
    }
    return render(request, "operations/detail.html", context)


def _in_mode(request: PartnerRequest) -> ImageOperationQuerySet:
    """Test requests have no charge."""
    rows = ImageOperation.objects.of(request.partner.id)
    return rows.filter(charge__isnull=mode_of(request).is_test)


def _chart(rows: ImageOperationQuerySet, form: OperationFilterForm) -> Chart | None:
    return _STRIP.read(rows, form.window.closed(), form.query)


def _call_of(row: ImageOperation, partner: Partner) -> RequestLog | None:
    """Return the request log entry that started the operation, while it is retained."""
    within = (row.created_at, row.created_at + _LOGGED_WITHIN)
    calls = RequestLog.objects.of(partner.id).filter(at__range=within, target=row.pk)
    return calls.order_by("at").first()
