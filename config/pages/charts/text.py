"""Text alternatives and tooltips of charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from config.pages.charts.model import DailyChart


def describe_day(day: date) -> str:
    """ "12 Nov"."""
    return f"{day.day} {day:%b}"


def describe_days(days: Sequence[date]) -> str:
    """ "1–30 Nov 2026", "25 Oct – 23 Nov 2026", "20 Dec 2025 – 3 Jan 2026"."""
    first, last = days[0], days[-1]
    end = f"{describe_day(last)} {last.year}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    if first.year == last.year:
        return f"{describe_day(first)} – {end}"
    return f"{describe_day(first)} {first.year} – {end}"


def describe_change(now: int, before: int, than: str) -> str:
    """ "12% more than October", "2.5 times October", where `than` is "October"."""
    if not before:
        return f"None in {than}{'' if now else ' either'}"
    if now == before:
        return f"No change from {than}"
    if now >= 2 * before:
        return f"{now / before:,.1f} times {than}"
    percent = round(100 * abs(now - before) / before)
    amount = f"{percent}%" if percent else "Under 1%"
    return f"{amount} {'more' if now > before else 'less'} than {than}"


def describe_comparison(chart: DailyChart) -> str:
    """Describe the change against the previous period; empty if there is none."""
    if not chart.before_days or chart.is_empty:
        return ""
    change = describe_change(chart.total, chart.total_before, describe_days(chart.before_days))
    amount = f" ({chart.unit.number(chart.total_before)})" if chart.total_before else ""
    return f"{change}{amount}."


def describe_chart(chart: DailyChart) -> str:
    """Summarise: "Calls by day, 1–30 Nov 2026: 4,210 calls, peak on 12 Nov (311)."."""
    head = f"{chart.title}, {describe_days(chart.days)}"
    if not chart.total:
        return f"{head}: none."
    most = max(chart.totals)
    when = describe_day(chart.days[chart.totals.index(most)])
    return f"{head}: {chart.unit.phrase(chart.total)}, peak on {when} ({chart.unit.number(most)})."


def describe_column(chart: DailyChart, at: int) -> str:
    """Describe one day: its total, its series if several, and the day it is compared with."""
    lines = [f"{describe_day(chart.days[at])}: {chart.unit.phrase(chart.totals[at])}"]
    if len(chart.series) > 1:
        lines += [
            f"{series.name}: {chart.unit.number(series.values[at])}"
            for series in reversed(chart.series)
            if series.values[at]
        ]
    if at < len(chart.before):
        number = chart.unit.number(chart.before[at])
        lines.append(f"Previous period, {describe_day(chart.before_days[at])}: {number}")
    return "\n".join(lines)
