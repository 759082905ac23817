"""The reports on money and points."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from billing.admin.reports.pages import period_query, render_report, report_page
from billing.forms.reports import DayForm, PeriodForm, StatementForm
from billing.models import Purchase
from billing.reports.ageing import read_proformas
from billing.reports.customers import read_statement
from billing.reports.liability import read_liability, read_movements
from billing.reports.payouts import read_settlement
from billing.reports.periods import (
    custom_period,
    month_of,
    quarter_of,
    today_in_india,
    year_of,
)
from billing.reports.revenue import GROUPS, read_revenue, read_total
from billing.reports.tables import Figure, Kind, Linked, Table
from config.admin.partner_filter import partner_widget


@report_page(
    title="Revenue",
    name="revenue",
    about="What was invoiced, less credit notes, with GST: by day, tier, gateway or partner.",
)
def revenue(request: HttpRequest) -> HttpResponse:
    form = PeriodForm(request.GET)
    period = form.chosen
    by = request.GET.get("by", "day")
    by = by if by in GROUPS else "day"
    total = read_total(period)
    before = read_total(period.previous)["net"] if period.previous else 0
    hint = _change(total["net"], before, period.previous.label) if period.previous else ""
    figures = [
        Figure("Revenue before tax", total["net"], hint=hint),
        Figure("GST", total["cgst"] + total["sgst"] + total["igst"]),
        Figure("Credited", total["credited"]),
        Figure("Invoices", total["invoices"], Kind.COUNT),
    ]
    groups = [(name, label, name == by) for name, (label, *_) in GROUPS.items()]
    return render_report(
        request,
        title="Revenue",
        form=form,
        period=period,
        figures=figures,
        tables=[read_revenue(period, by)],
        groups=groups,
    )


@report_page(
    title="Settlement",
    name="settlement",
    about="What gateways paid out against what we booked, and what is missing on either side.",
)
def settlement(request: HttpRequest) -> HttpResponse:
    form = PeriodForm(request.GET)
    tables = read_settlement(form.chosen)
    by_day, not_booked, not_paid_out = tables
    sums = by_day.total or ()
    figures = [
        Figure("Paid out", sums[7]),
        Figure("Difference to what we booked", sums[9]),
        Figure("Lines that differ", len(not_booked.rows) + not_booked.hidden, Kind.COUNT),
        Figure("Not paid out", not_paid_out.total[-1] if not_paid_out.total else 0),
    ]
    return render_report(
        request,
        title="Settlement",
        form=form,
        period=form.chosen,
        figures=figures,
        tables=tables,
        note=(
            "Payouts are read from Razorpay and the sandbox every hour, for the last seven days;"
            " bank transfers are those that staff confirmed."
        ),
    )


@report_page(
    title="Unused points",
    name="liability",
    about="The liability of points that are paid for and not used, at the end of any day.",
)
def liability(request: HttpRequest) -> HttpResponse:
    form = DayForm(request.GET)
    day = form.chosen
    period = custom_period(day.replace(day=1), day)
    found = read_liability(day)
    figures = [
        Figure("Liability before tax", found.paise, hint=f"At the end of {_format(day)}."),
        Figure("Unused points", found.points, Kind.POINTS, hint="Granted points have no price."),
    ]
    return render_report(
        request,
        title="Unused points",
        form=form,
        period=period,
        figures=figures,
        tables=[found.by_tier(), found.by_age(), read_movements(period)],
        days=_days(form.today),
    )


@report_page(
    title="Proformas",
    name="proformas",
    about="Proformas by age that still wait for their bank transfer.",
)
def proformas(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    by_age, oldest = read_proformas(now)
    total = by_age.total or ()
    figures = [Figure("Amount due", total[3]), Figure("Proformas", total[1], Kind.COUNT)]
    return render_report(
        request,
        title="Proformas",
        form=None,
        period=year_of(today_in_india(now)),
        figures=figures,
        tables=[by_age, oldest],
    )


@report_page(
    title="Statement of account",
    name="statement",
    about="Invoices, payments, refunds and points of one partner in a period.",
)
def statement(request: HttpRequest) -> HttpResponse:
    form = StatementForm(request.GET)
    partner_field: Any = form.fields["partner"]
    owned = Purchase._meta.get_field("partner")
    partner_field.widget = partner_widget(owned, admin.site, "Choose a partner")
    partner_field.widget.choices = partner_field.choices
    figures: list[Figure] = []
    tables: list[Table] = []
    address = ""
    if form.is_valid() and (partner := form.cleaned_data["partner"]):
        figures, tables = read_statement(partner, form.chosen)
        address = (
            f"{reverse('admin:report-statement-file', args=[partner.pk])}"
            f"?{period_query(form.chosen)}"
        )
    return render_report(
        request,
        title="Statement of account",
        form=form,
        period=form.chosen,
        figures=figures,
        tables=tables,
        file=address,
        is_of_partner=True,
    )


def _change(now: int, before: int, label: str) -> str:
    if not before:
        return f"Nothing in {label}."
    percent = round(100 * (now - before) / abs(before))
    return f"{percent:+d}% against {label}".replace("-", "−", 1)


def _days(today: date) -> list[Linked]:
    """Return the usual days of a balance sheet."""
    ends = [
        ("Today", today),
        ("Last month", month_of(today).first - timedelta(days=1)),
        ("Last quarter", quarter_of(today).first - timedelta(days=1)),
        ("Last financial year", year_of(today).first - timedelta(days=1)),
    ]
    return [Linked(label, f"?day={day.isoformat()}") for label, day in ends]


def _format(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
