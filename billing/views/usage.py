"""Calls, images and points by day: charts, tables and CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.exports import limited_export
from accounts.models import Environment
from accounts.models.key import IMAGE_ENVIRONMENTS
from accounts.permissions import PartnerRequest, Permission, partner_view
from billing import usage_charts
from billing.forms.usage import UsageForm
from billing.periods import LENGTHS
from billing.reports.usage import UsageReport, call_rows, read_report, usage_rows
from config.pages.charts import Chart, describe_change, describe_days
from config.pages.csv import csv_response

_IMAGE_COLUMNS = (
    "day", "key", "action", "mode", "environment", "succeeded", "failed", "points",
)  # fmt: skip
_CALL_COLUMNS = ("day", "key", "environment", "succeeded", "refused", "failed")


@partner_view(Permission.SEE)
def usage(request: PartnerRequest) -> HttpResponse:
    """Show the selected period compared with the previous one."""
    form = _form(request)
    report = read_report(request.partner, form.period, form.keys)
    context = {
        "form": form,
        "report": report,
        "days": describe_days(report.period.days),
        "lengths": LENGTHS,
        "environments": form.environments,
        "image_environments": IMAGE_ENVIRONMENTS,
        "charts": _charts(report, form),
        "key_lines": usage_charts.key_lines(report),
        "kind_lines": usage_charts.kind_lines(report),
        **_totals(report),
    }
    return render(request, "usage/usage.html", context)


@partner_view(Permission.SEE)
@limited_export
def usage_csv(request: PartnerRequest) -> HttpResponseBase:
    """Download images and points for the selected days and keys."""
    return _file(request, "usage", _IMAGE_COLUMNS, usage_rows)


@partner_view(Permission.SEE)
@limited_export
def usage_calls_csv(request: PartnerRequest) -> HttpResponseBase:
    """Download calls for the selected days and keys, management keys included."""
    return _file(request, "usage-calls", _CALL_COLUMNS, call_rows)


def _file(
    request: PartnerRequest, name: str, columns: Sequence[str], read_rows: Callable[..., Any]
) -> HttpResponseBase:
    """Send the rows behind the page; redirect to it if a filter is invalid."""
    form = _form(request)
    if form.errors:
        return redirect(f"{reverse('usage')}?{request.GET.urlencode()}")
    period = form.period
    rows = list(read_rows(request.partner, period, form.keys))
    return csv_response(f"{name}-{period.first}-{period.last}.csv", columns, rows)


def _form(request: PartnerRequest) -> UsageForm:
    return UsageForm(request.GET, partner=request.partner, is_test=request.mode.is_test)


def _charts(report: UsageReport, form: UsageForm) -> list[Chart]:
    """Leave out charts that say nothing: points in test mode, images of management keys, calls by
    key for a single key."""
    if report.is_empty:
        return []
    charts = [usage_charts.calls_by_outcome(report)]
    if form.kind == Environment.LIVE:
        charts.append(usage_charts.points_by_day(report))
    by_key = usage_charts.calls_by_key(report)
    if len(by_key.series) > 1:
        charts.append(by_key)
    if form.kind in IMAGE_ENVIRONMENTS:
        charts.append(usage_charts.images_by_kind(report))
    return charts


def _totals(report: UsageReport) -> dict[str, Any]:
    """Return the period's totals and a sentence for each change against the previous period."""
    period = report.period
    calls, calls_before = report.calls_in(period.days), report.calls_in(period.days_before)
    images, images_before = report.images_in(period.days), report.images_in(period.days_before)
    pairs = {
        "calls": (calls.total, calls_before.total),
        "errors": (calls.errors, calls_before.errors),
        "images": (images.succeeded, images_before.succeeded),
        "points": (images.points, images_before.points),
    }
    return {
        "calls": calls,
        "images": images,
        "changes": {
            name: describe_change(now, before, period.than) for name, (now, before) in pairs.items()
        },
    }
