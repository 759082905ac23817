"""Pages of reports: their registration, and how each is rendered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from billing.forms.reports import PeriodForm
from billing.reports.periods import CUSTOM, ReportPeriod
from billing.reports.tables import Figure, Table
from config.admin.pages import View, render_page, staff_page
from config.admin.sections import Section

VIEW_REPORTS = "billing.view_reports"


@dataclass(frozen=True, slots=True)
class ReportLink:
    title: str
    address: str
    about: str
    is_current: bool


_about: dict[str, tuple[str, str]] = {}


def report_page(*, title: str, name: str, about: str) -> Callable[[View], View]:
    """Register a view as a report; `about` says in a sentence what it answers."""
    _about[name] = (title, about)
    return staff_page(
        title=title,
        name=f"report-{name}",
        route=f"reports/{name}/",
        permission=VIEW_REPORTS,
        section=Section.MONEY,
        is_in_navigation=False,
    )


def report_links(request: HttpRequest) -> list[ReportLink]:
    return [
        ReportLink(title, address, about, request.path == address)
        for name, (title, about) in _about.items()
        if (address := reverse(f"admin:report-{name}"))
    ]


def render_report(
    request: HttpRequest,
    *,
    title: str,
    form: Any,
    figures: Sequence[Figure],
    tables: Sequence[Table],
    period: ReportPeriod | None = None,
    **context: Any,
) -> HttpResponse:
    """Render figures and tables; their files are those of `period`."""
    query = period_query(period) if period else ""
    return render_page(
        request,
        "admin/reports/report.html",
        title=title,
        links=report_links(request),
        form=form,
        figures=figures,
        tables=[(table, _file_address(table.file, query)) for table in tables],
        period=period,
        previous=_step(request, period, "previous"),
        next=_step(request, period, "next"),
        is_custom=period is not None and period.name == CUSTOM,
        has_period=isinstance(form, PeriodForm),
        **context,
    )


def period_query(period: ReportPeriod) -> str:
    if period.name == CUSTOM:
        return urlencode({"since": period.first.isoformat(), "until": period.last.isoformat()})
    return urlencode({"period": period.name})


def _file_address(file: str, query: str) -> str:
    return f"{reverse('admin:report-file', args=[file])}?{query}" if file else ""


def _step(request: HttpRequest, period: ReportPeriod | None, side: str) -> str:
    """Return the address of the period before or after, with the other filters kept."""
    other = getattr(period, side) if period else None
    if other is None or other.first.year not in range(2000, 2100):
        return ""
    query = request.GET.copy()
    query["period"] = other.name
    return f"?{query.urlencode()}"
