"""The images made for a partner: a list, and the receipt of each call."""

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
from imaging.image_urls import picture_origins, picture_source
from imaging.models import ImageOperation

_SORTS = {"newest": "-created_at", "oldest": "created_at"}
_PAGE_SIZE = 25
#: Within so long of its start a call has been answered and written to the request log.
_LOGGED_WITHIN = timedelta(minutes=10)


def with_pictures(view: View) -> View:
    """Lets the page load images from where they are stored."""

    @functools.wraps(view)
    def page(*args: Any, **kwargs: Any) -> Any:
        return csp_update({"img-src": picture_origins()})(view)(*args, **kwargs)

    return page


@partner_view(Permission.SEE_CALLS)
@with_pictures
def operations(request: PartnerRequest) -> HttpResponse:
    """All operations, filtered."""
    form = OperationFilterForm(request.GET, request.partner)
    rows = form.filter_queryset(ImageOperation.objects.of(request.partner.id))
    rows = rows.select_related("charge", "key")
    page = paginate(rows, request.GET, sorts=_SORTS, size=_PAGE_SIZE)
    shown = [(row, _sources(row)) for row in page]
    return render(request, "operations/list.html", {"form": form, "page": page, "shown": shown})


@partner_view(Permission.SEE_CALLS)
@with_pictures
def operation(request: PartnerRequest, operation_id: str) -> HttpResponse:
    """One operation: its pictures and its receipt."""
    rows = ImageOperation.objects.of(request.partner.id).with_receipt()
    row = get_object_or_404(rows, pk=operation_id)
    context = {
        "row": row,
        "pictures": list(zip(row.image_urls, _all_sources(row), strict=True)),
        "call": _call_of(row, request.partner),
    }
    return render(request, "operations/detail.html", context)


def _sources(row: ImageOperation) -> list[str]:
    return [source for source in _all_sources(row) if source]


def _all_sources(row: ImageOperation) -> list[str]:
    return [picture_source(url) for url in row.image_urls]


def _call_of(row: ImageOperation, partner: Partner) -> RequestLog | None:
    """The call that started the operation, as long as the log keeps it."""
    within = (row.created_at, row.created_at + _LOGGED_WITHIN)
    calls = RequestLog.objects.of(partner.id).filter(at__range=within, target=row.pk)
    return calls.order_by("at").first()
