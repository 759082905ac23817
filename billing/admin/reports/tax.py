"""The reports for GST."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from billing.admin.reports.pages import period_query, render_report, report_page
from billing.forms.reports import PeriodForm
from billing.reports.gstr1_summary import FILES, read_sections, read_summaries
from billing.reports.invoices import read_amounts, read_register
from billing.reports.numbers import read_series
from billing.reports.periods import ReportPeriod
from billing.reports.tables import Figure, Kind, Linked


@report_page(
    title="Invoice register",
    name="invoices",
    about="Every invoice and credit note of a period, with buyer, place of supply and tax.",
)
def invoices(request: HttpRequest) -> HttpResponse:
    form = PeriodForm(request.GET)
    register = read_register(form.chosen)
    return render_report(
        request,
        title="Invoice register",
        form=form,
        period=form.chosen,
        figures=[
            *_tax_figures(form.chosen),
            Figure("Documents", len(register.rows) + register.hidden, Kind.COUNT),
        ],
        tables=[register],
    )


@report_page(
    title="GSTR-1",
    name="gstr-1",
    about="The return of outward supplies by section, as files for the government's offline tool.",
)
def gstr1(request: HttpRequest) -> HttpResponse:
    form = PeriodForm(request.GET)
    period = form.chosen
    sections = read_sections(period)
    rows = [(_linked(row[0], period), *row[1:]) for row in sections.rows]
    missing = sum(series.missing for series in read_series(period))
    return render_report(
        request,
        title="GSTR-1",
        form=form,
        period=period,
        figures=[*_tax_figures(period), Figure("Missing numbers", missing, Kind.COUNT)],
        tables=[
            replace(sections, rows=rows),
            *read_summaries(period),
        ],
        note="Each section is a link to its CSV file.",
    )


def _linked(section: str, period: ReportPeriod) -> Linked:
    address = reverse("admin:report-file", args=[FILES[section]])
    return Linked(section, f"{address}?{period_query(period)}")


def _tax_figures(period: ReportPeriod) -> list[Figure]:
    taxable, cgst, sgst, igst, total = read_amounts(period)
    return [
        Figure("Taxable value", taxable),
        Figure("GST", cgst + sgst + igst),
        Figure("Total with GST", total),
    ]
