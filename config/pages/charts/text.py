"""Text alternatives and readouts of charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.utils.translation import gettext

from config.grouping import group_digits
from config.pages.charts.model import OUTCOMES, Chart, number_phrase


def describe_change(now: int, before: int, than: str) -> str:
    """ "12% more than October", "2.5 times October", where `than` is "October"."""
    percent = round(100 * abs(now - before) / before) if before else 0
    return _sentence(now, before, percent) % {
        "than": than,
        "percent": f"{max(percent, 1)}%",
        "factor": _times(now / before) if before else "",
    }


def _sentence(now: int, before: int, percent: int) -> str:
    if not before:
        # Translators: %(than)s is a period here and below, such as "the previous 30 days"
        return gettext("None in %(than)s") if now else gettext("None in %(than)s either")
    if now == before:
        return gettext("No change from %(than)s")
    if now >= 2 * before:
        # Translators: such as "2.5 times the previous 30 days"
        return gettext("%(factor)s times %(than)s")
    if now > before:
        more = gettext("%(percent)s more than %(than)s")
        return more if percent else gettext("Under %(percent)s more than %(than)s")
    less = gettext("%(percent)s less than %(than)s")
    return less if percent else gettext("Under %(percent)s less than %(than)s")


def _times(factor: float) -> str:
    whole, decimals = f"{factor:.1f}".split(".")
    return f"{group_digits(int(whole))}.{decimals}"


def describe_comparison(chart: Chart) -> str:
    """Describe the change against the previous period; empty if there is none."""
    if not chart.slots_before or chart.is_empty:
        return ""
    change = describe_change(chart.total, chart.total_before, chart.span_before)
    if not chart.total_before:
        return gettext("%(sentence)s.") % {"sentence": change}
    number = chart.unit.number(chart.total_before)
    return gettext("%(sentence)s (%(number)s).") % {"sentence": change, "number": number}


def describe_chart(chart: Chart) -> str:
    """Summarise: "Calls by day, 1–30 Nov 2026: 4,210 calls, peak on 12 Nov (311)."."""
    if not chart.total:
        return gettext("%(title)s, %(span)s: none.") % {"title": chart.title, "span": chart.span}
    most = max(chart.totals)
    # Translators: such as "Requests by day, 1–30 Nov 2026: 4,210 requests, peak on 12 Nov (311)."
    return gettext("%(title)s, %(span)s: %(total)s, peak on %(when)s (%(most)s).") % {
        "title": chart.title,
        "span": chart.span,
        "total": chart.unit.phrase(chart.total),
        "when": chart.slots[chart.totals.index(most)].label,
        "most": chart.unit.number(most),
    }


def read_slots(chart: Chart) -> Iterator[str]:
    """Say what each bar shows: "212 calls · 3 refused · 1 failed · 198 on 25 Oct"."""
    # Looked up once: a chart has up to a hundred bars.
    unit = replace(chart.unit, one=str(chart.unit.one), many=str(chart.unit.many))
    names, phrase = [str(series.name) for series in chart.series], number_phrase()
    # Translators: how many there were on a day before, such as "198 on 25 Oct"
    than = gettext("%(number)s on %(day)s") if chart.before else ""
    for at, total in enumerate(chart.totals):
        parts = [unit.phrase(total, phrase), *_read_series(chart, names, at, phrase)]
        if at < len(chart.before):
            day = chart.slots_before[at].label
            parts.append(than % {"number": unit.number(chart.before[at]), "day": day})
        yield " · ".join(parts)


def _read_series(chart: Chart, names: Sequence[str], at: int, phrase: str) -> Iterator[str]:
    """Name what the total does not say: outcomes as "3 refused", others as "Storefront 12"."""
    has_outcomes = any(series.style in OUTCOMES for series in chart.series)
    if len(chart.series) == 1 and not has_outcomes:
        return
    for series, name in zip(chart.series, names, strict=True):
        amount = series.values[at]
        if amount and series.style in OUTCOMES:
            number = chart.unit.number(amount)
            yield phrase % {"number": number, "unit": name.lower()}
        elif amount and not has_outcomes:
            yield f"{name} {chart.unit.number(amount)}"
