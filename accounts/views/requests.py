"""The request log: the list, grouped errors, and one request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext_lazy

from accounts.endpoints import Endpoint, find_endpoint
from accounts.exports import limited_export
from accounts.forms.logs import ErrorFilterForm, RequestFilterForm
from accounts.models import ApiKey, RefusedCalls, RequestLog
from accounts.models.key import TEST_ENVIRONMENTS
from accounts.models.log import RequestLogQuerySet
from accounts.permissions import PartnerRequest, Permission, partner_view
from config.api.error_codes import find_error_code
from config.db.keyset import Keyset
from config.db.logs import keys_for_log
from config.pages.addresses import tidy_address
from config.pages.charts import Chart, Unit
from config.pages.exports import Columns, export_list, time_columns
from config.pages.pagination import KeysetPage, paginate
from config.pages.preferences import mode_of
from config.pages.streaming import read_in_chunks
from config.pages.strips import Strip, Tier

_SORTS = {"newest": "-at", "oldest": "at"}
_MAX_GROUPS = 100
#: The newest errors that are grouped: taking the numbers out of a message costs time.
_MAX_GROUPED = 10_000
_NEIGHBOURS = 5
_ERRORS = (
    Tier(gettext_lazy("Rejected"), "refused", Q(status__gte=400, status__lt=500)),
    Tier(gettext_lazy("Failed"), "failed", Q(status__gte=500)),
)
_REQUESTS_STRIP = Strip(
    gettext_lazy("Requests over time"),
    Unit(gettext_lazy("request"), gettext_lazy("requests")),
    "at",
    (Tier(gettext_lazy("Successful"), "volume"), *_ERRORS),
)
_ERRORS_STRIP = Strip(
    gettext_lazy("Errors over time"),
    Unit(gettext_lazy("error"), gettext_lazy("errors")),
    "at",
    _ERRORS,
)


def _endpoint_in_english(row: RequestLog) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return str(row.endpoint.label) if row.endpoint else ""


_COLUMNS: Columns = {
    "status": lambda row: row.status,
    "endpoint": _endpoint_in_english,
    "method": lambda row: row.method,
    "path": lambda row: row.path,
    "duration_ms": lambda row: row.milliseconds,
    "key": lambda row: str(row.key or ""),
    "ip_address": lambda row: row.address or "",
    "error_code": lambda row: row.code,
    "error_message": lambda row: row.message,
    "request_id": lambda row: row.request_id,
    "client_request_id": lambda row: row.client_request_id,
    "result_id": lambda row: row.target,
}


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
@tidy_address
def requests(request: PartnerRequest) -> HttpResponse:
    form = RequestFilterForm(request.GET, request.partner)
    rows = form.filter_queryset(_in_mode(request))
    page = paginate(rows.with_key(), request.GET, sorts=_SORTS)
    context = {
        "form": form,
        "page": page,
        "strip": None if form.cleaned_data["request_id"] else _chart(_REQUESTS_STRIP, rows, form),
        "is_live": _is_live(form, page),
        "days": settings.REQUEST_LOG_DAYS,
        "only_counted": RefusedCalls.objects.of(request.partner.id).total(),
    }
    return render(request, "requests/list.html", context)


@partner_view(Permission.SEE_CALLS)
@limited_export
def requests_csv(request: PartnerRequest) -> HttpResponseBase:
    form = RequestFilterForm(request.GET, request.partner)
    rows = form.filter_queryset(_in_mode(request)).with_key()
    columns = {**time_columns("at"), **_COLUMNS}
    chunks = read_in_chunks(rows, Keyset("at", descending=True))
    return export_list(request, form, chunks, columns, page="requests", name="requests")


@partner_view(Permission.SEE_CALLS)
@tidy_address
def request_errors(request: PartnerRequest) -> HttpResponse:
    """List errors grouped by message and endpoint."""
    form = ErrorFilterForm(request.GET, request.partner)
    rows = form.filter_queryset(_in_mode(request).errors())
    newest = rows.order_by("-at").values("pk")[:_MAX_GROUPED]
    total = newest.count()
    kinds = _rows(request).filter(pk__in=newest).grouped()[:_MAX_GROUPS]
    # An error may be logged between the two queries.
    groups = [_group(kind, max(total, 1)) for kind in kinds]
    context = {
        "form": form,
        "groups": groups,
        "total": total,
        "most": _MAX_GROUPS,
        "is_cut": total == _MAX_GROUPED,
        "strip": _chart(_ERRORS_STRIP, rows, form),
    }
    return render(request, "requests/errors.html", context)


@partner_view(Permission.SEE_CALLS)
def request(request: PartnerRequest, pk: str) -> HttpResponse:
    """Show one request and its neighbours with the same key."""
    calls = _rows(request)
    row = get_object_or_404(calls.with_key(), pk=pk)
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


def _in_mode(request: PartnerRequest) -> RequestLogQuerySet:
    """Requests with test keys, or all others."""
    keys = ApiKey.objects.of(request.partner.id)
    tests = keys_for_log(keys.filter(environment__in=TEST_ENVIRONMENTS))
    if mode_of(request).is_test:
        return _rows(request).filter(key__in=tests)
    return _rows(request).exclude(key__in=tests)


def _chart(strip: Strip, rows: RequestLogQuerySet, form: ErrorFilterForm) -> Chart | None:
    return strip.read(rows, form.window.closed(), form.query)


def _is_live(form: RequestFilterForm, page: KeysetPage[Any]) -> bool:
    """Return whether the list refreshes itself; only its first page can gain rows."""
    return bool(form.cleaned_data["live"] and not page.previous and page.sort == "newest")


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
