"""Text alternatives and readouts of charts."""

from __future__ import annotations

from collections.abc import Iterator

from config.grouping import group_digits
from config.pages.charts.model import OUTCOMES, Chart


def describe_change(now: int, before: int, than: str) -> str:
    """ "12% more than October", "2.5 times October", where `than` is "October"."""
    if not before:
        return f"None in {than}{'' if now else ' either'}"
    if now == before:
        return f"No change from {than}"
    if now >= 2 * before:
        return f"{_times(now / before)} times {than}"
    percent = round(100 * abs(now - before) / before)
    amount = f"{percent}%" if percent else "Under 1%"
    return f"{amount} {'more' if now > before else 'less'} than {than}"


def _times(factor: float) -> str:
    whole, decimals = f"{factor:.1f}".split(".")
    return f"{group_digits(int(whole))}.{decimals}"


def describe_comparison(chart: Chart) -> str:
    """Describe the change against the previous period; empty if there is none."""
    if not chart.slots_before or chart.is_empty:
        return ""
    change = describe_change(chart.total, chart.total_before, chart.span_before)
    amount = f" ({chart.unit.number(chart.total_before)})" if chart.total_before else ""
    return f"{change}{amount}."


def describe_chart(chart: Chart) -> str:
    """Summarise: "Calls by day, 1–30 Nov 2026: 4,210 calls, peak on 12 Nov (311)."."""
    head = f"{chart.title}, {chart.span}"
    if not chart.total:
        return f"{head}: none."
    most = max(chart.totals)
    when = chart.slots[chart.totals.index(most)].label
    return f"{head}: {chart.unit.phrase(chart.total)}, peak on {when} ({chart.unit.number(most)})."


def read_slot(chart: Chart, at: int) -> str:
    """Say what a bar shows: "212 calls · 3 refused · 1 failed · 198 on 25 Oct"."""
    parts = [chart.unit.phrase(chart.totals[at]), *_read_series(chart, at)]
    if at < len(chart.before):
        parts.append(f"{chart.unit.number(chart.before[at])} on {chart.slots_before[at].label}")
    return " · ".join(parts)


def _read_series(chart: Chart, at: int) -> Iterator[str]:
    """Name what the total does not say: outcomes as "3 refused", others as "Storefront 12"."""
    has_outcomes = any(series.style in OUTCOMES for series in chart.series)
    if len(chart.series) == 1 and not has_outcomes:
        return
    for series in chart.series:
        number = chart.unit.number(series.values[at])
        if series.values[at] and series.style in OUTCOMES:
            yield f"{number} {series.name.lower()}"
        elif series.values[at] and not has_outcomes:
            yield f"{series.name} {number}"
