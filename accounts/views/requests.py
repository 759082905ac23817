"""The request log: the list, grouped errors, and one request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse

from accounts.endpoints import Endpoint, find_endpoint
from accounts.forms.logs import ErrorFilterForm, RequestFilterForm
from accounts.models import RefusedCalls, RequestLog
from accounts.models.log import RequestLogQuerySet
from accounts.permissions import PartnerRequest, Permission, partner_view
from config.api.error_codes import find_error_code
from config.pages.pagination import KeysetPage, paginate

_SORTS = {"newest": "-at", "oldest": "at"}
_MAX_GROUPS = 100
_NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Errors with the same message and endpoint; `share` is their percentage of all errors."""

    status: int
    code: str
    message: str
    path_template: str
    endpoint: Endpoint | None
    count: int
    share: float
    keys: int
    last_at: datetime


@partner_view(Permission.SEE_CALLS)
def requests(request: PartnerRequest) -> HttpResponse:
    form = RequestFilterForm(request.GET, request.partner)
    rows = form.filter_queryset(_rows(request)).select_related("key")
    page = paginate(rows, request.GET, sorts=_SORTS)
    context = {
        "form": form,
        "page": page,
        "is_live": _is_live(form, page),
        "days": settings.REQUEST_LOG_DAYS,
        "only_counted": RefusedCalls.objects.of(request.partner.id).total(),
    }
    return render(request, "requests/list.html", context)


@partner_view(Permission.SEE_CALLS)
def request_errors(request: PartnerRequest) -> HttpResponse:
    """List errors grouped by message and endpoint."""
    form = ErrorFilterForm(request.GET, request.partner)
    rows = form.filter_queryset(_rows(request).errors())
    total = rows.count()
    # An error may be logged between the two queries.
    groups = [_group(kind, max(total, 1)) for kind in rows.grouped()[:_MAX_GROUPS]]
    context = {"form": form, "groups": groups, "total": total, "most": _MAX_GROUPS}
    return render(request, "requests/errors.html", context)


@partner_view(Permission.SEE_CALLS)
def request(request: PartnerRequest, pk: str) -> HttpResponse:
    """Show one request and its neighbours with the same key."""
    calls = _rows(request)
    row = get_object_or_404(calls.select_related("key"), pk=pk)
    newer = list(calls.after(row)[:_NEIGHBOURS])
    context = {
        "row": row,
        "error": find_error_code(row.code),
        "result_url": _result_url(row),
        "neighbours": [*reversed(newer), row, *calls.before(row)[:_NEIGHBOURS]],
    }
    return render(request, "requests/detail.html", context)


def _rows(request: PartnerRequest) -> RequestLogQuerySet:
    return RequestLog.objects.of(request.partner.id)


def _is_live(form: RequestFilterForm, page: KeysetPage[Any]) -> bool:
    """Return whether the list refreshes itself; only its first page can gain rows."""
    follows = form.is_valid() and form.cleaned_data["live"]
    return bool(follows and not page.previous and page.sort == "newest")


def _group(kind: dict[str, Any], total: int) -> ErrorGroup:
    return ErrorGroup(
        status=kind["status"],
        code=kind["code"],
        message=kind["example"],
        path_template=kind["path_template"],
        endpoint=find_endpoint(kind["path_template"]),
        count=kind["count"],
        share=100 * kind["count"] / total,
        keys=kind["keys_affected"],
        last_at=kind["last_at"],
    )


def _result_url(row: RequestLog) -> str:
    """Return the page of what the call created, or ""."""
    if not row.target or not row.endpoint or not row.endpoint.result_page:
        return ""
    try:
        return reverse(row.endpoint.result_page, args=[row.target])
    except NoReverseMatch:
        return ""
