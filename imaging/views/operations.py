"""A partner's generated images: the list, and the receipt of each call."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import Any

from csp.decorators import csp_update
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.models import Partner, RequestLog
from accounts.permissions import PartnerRequest, Permission, View, partner_view
from config.pages.pagination import paginate
from imaging.forms import OperationFilterForm
from imaging.image_urls import image_origins, image_source
from imaging.models import ImageOperation, ImageTakedown

_SORTS = {"newest": "-created_at", "oldest": "created_at"}
_PAGE_SIZE = 25
#: A call is finished and in the request log within this time after its start.
_LOGGED_WITHIN = timedelta(minutes=10)


def with_image_origins(view: View) -> View:
    """Allow the page to load images from where they are stored."""

    @functools.wraps(view)
    def page(*args: Any, **kwargs: Any) -> Any:
        return csp_update({"img-src": image_origins()})(view)(*args, **kwargs)

    return page


@partner_view(Permission.SEE_CALLS)
@with_image_origins
def operations(request: PartnerRequest) -> HttpResponse:
    form = OperationFilterForm(request.GET, request.partner)
    rows = form.filter_queryset(ImageOperation.objects.of(request.partner.id))
    rows = rows.select_related("charge", "key")
    page = paginate(rows, request.GET, sorts=_SORTS, size=_PAGE_SIZE)
    mine = ImageTakedown.objects.of(request.partner.id).filter(restored_at=None)
    hidden = set(mine.filter(operation__in=list(page)).values_list("operation_id", flat=True))
    shown = [(row, [] if row.pk in hidden else _sources(row)) for row in page]
    return render(request, "operations/list.html", {"form": form, "page": page, "shown": shown})


@partner_view(Permission.SEE_CALLS)
@with_image_origins
def operation(request: PartnerRequest, operation_id: str) -> HttpResponse:
    """Show the images and the receipt of one operation."""
    rows = ImageOperation.objects.of(request.partner.id).with_receipt()
    row = get_object_or_404(rows, pk=operation_id)
    context = {
        "row": row,
        "images": list(zip(row.image_urls, _all_sources(row), strict=True)),
        "takedown": row.takedowns.filter(restored_at=None).first(),
        "call": _call_of(row, request.partner),
    }
    return render(request, "operations/detail.html", context)


def _sources(row: ImageOperation) -> list[str]:
    return [source for source in _all_sources(row) if source]


def _all_sources(row: ImageOperation) -> list[str]:
    return [image_source(url) for url in row.image_urls]


def _call_of(row: ImageOperation, partner: Partner) -> RequestLog | None:
    """Return the request log entry that started the operation, while it is retained."""
    within = (row.created_at, row.created_at + _LOGGED_WITHIN)
    calls = RequestLog.objects.of(partner.id).filter(at__range=within, target=row.pk)
    return calls.order_by("at").first()
