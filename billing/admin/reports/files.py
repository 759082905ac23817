"""The index of reports, their CSV files, and the archive of a month."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from accounts.exports import limited_export
from accounts.models import Partner
from accounts.services.audit import record_audit
from billing.admin.reports.pages import VIEW_REPORTS, report_links
from billing.forms.reports import PeriodForm
from billing.reports.customers import STATEMENT, statement_rows
from billing.reports.files import ReportFile, file_named, report_files, write_archive
from billing.reports.periods import month_of, today_in_india
from config.admin.options import actor_of
from config.admin.pages import render_page, staff_page
from config.admin.sections import Section
from config.pages.csv import csv_response


@staff_page(
    title="Reports",
    name="reports",
    route="reports/",
    permission=VIEW_REPORTS,
    section=Section.MONEY,
)
def index(request: HttpRequest) -> HttpResponse:
    months = [month_of(today_in_india(timezone.now()))]
    while len(months) < 13 and (previous := months[-1].previous):
        months.append(previous)
    return render_page(
        request,
        "admin/reports/index.html",
        title="Reports",
        links=report_links(request),
        months=months,
        files=report_files(),
    )


@staff_page(
    title="Report file",
    name="report-file",
    route="reports/files/<slug:name>.csv",
    permission=VIEW_REPORTS,
    section=Section.MONEY,
)
@limited_export
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """Stream a file; redirect to the reports if the period is not valid."""
    file = file_named(name)
    if file is None:
        raise Http404
    return _stream(request, file)


@staff_page(
    title="Statement file",
    name="report-statement-file",
    route="reports/statement/<id:partner_id>.csv",
    permission=VIEW_REPORTS,
    section=Section.MONEY,
)
@limited_export
def download_statement(request: HttpRequest, partner_id: str) -> HttpResponseBase:
    partner = get_object_or_404(Partner, pk=partner_id)
    return _stream(
        request,
        ReportFile(f"statement-{partner.pk}", STATEMENT, lambda x: statement_rows(partner, x)),
    )


@staff_page(
    title="Archive",
    name="report-archive",
    route="reports/archive.zip",
    permission=VIEW_REPORTS,
    section=Section.MONEY,
    is_in_navigation=False,
)
@limited_export
def archive(request: HttpRequest) -> HttpResponseBase:
    """Return every file of a period in one ZIP archive."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return redirect(reverse("admin:reports"))
    name = f"reports-{form.chosen.name}.zip"
    _audit(request, name, form)
    content = write_archive(form.chosen, timezone.now())
    return FileResponse(content, as_attachment=True, filename=name)


def _stream(request: HttpRequest, file: ReportFile) -> HttpResponseBase:
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return redirect(reverse("admin:reports"))
    name = file.file_name(form.chosen)
    _audit(request, name, form)
    return csv_response(name, file.header, file.rows(form.chosen), has_mark=file.has_mark)


def _audit(request: HttpRequest, name: str, form: PeriodForm) -> None:
    """Files name buyers, whom GST registers have to name."""
    record_audit(
        partner=None,
        actor=actor_of(request),
        action="report.downloaded",
        target=name,
        period=form.chosen.label,
    )
