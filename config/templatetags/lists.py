"""Cells and controls of lists."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, Form
from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from config.db.ids import is_id
from config.grouping import group_digits
from config.pages.times import describe_time

register = template.Library()

_SOME_ID = "0" * 24
#: Filters beside the list; the others are behind "More".
_SHOWN = 3
_SORTS = {
    "newest": gettext_lazy("Newest first"),
    "oldest": gettext_lazy("Oldest first"),
    "total": gettext_lazy("Largest total first"),
}


@register.filter
def when(at: datetime) -> SafeString:
    """Return a `<time>` such as "5 min ago" or "24 Nov, 15:56", with the full one as tooltip."""
    short, full = describe_time(at)
    return _time(at, short, full)


@register.filter
def short_id(text: str) -> str:
    """Shorten an id in the middle: "6746a1…9f3c"."""
    return text if len(text) <= 12 else f"{text[:6]}…{text[-4:]}"


@register.filter
def short_code(text: str) -> SafeString:
    """Return `<code>` with an id shortened, and all of it as tooltip; other texts as they are."""
    if not is_id(text):
        return format_html("<code>{}</code>", text)
    return format_html('<code title="{}">{}</code>', text, short_id(text))


@register.filter
def milliseconds(number: int) -> str:
    """Return "340 ms" or "1.2 s"."""
    if number < 1000:
        # Translators: milliseconds, abbreviated
        return gettext("%(number)s ms") % {"number": number}
    seconds = f"{group_digits(number // 1000)}.{number % 1000 // 100}"
    # Translators: seconds, abbreviated
    return gettext("%(number)s s") % {"number": seconds}


@register.filter
@cache
def status_badge(status: int) -> SafeString:
    """Return an HTTP status, coloured by its class."""
    colour = "bad" if status >= 500 else "warn" if status >= 400 else "good"
    return format_html('<span class="badge badge-{}">{}</span>', colour, status)


@register.filter
def grouped(number: int) -> str:
    """Group digits as India does: 1234567 → "12,34,567"."""
    return group_digits(number)


@register.filter
def shown_filters(form: Form) -> list[BoundField]:
    return _choices(form)[:_SHOWN]


@register.filter
def more_filters(form: Form) -> list[BoundField]:
    return _choices(form)[_SHOWN:]


@register.filter
def switches(form: Form) -> list[BoundField]:
    """Return the check boxes, which are always shown."""
    return [field for field in form.visible_fields() if _is_switch(field)]


@register.filter
def is_set(field: BoundField, query: QueryDict) -> bool:
    return bool(query.get(field.html_name))


@register.filter
def count_set(fields: list[BoundField], query: QueryDict) -> int:
    """Count the filters that the address sets."""
    return sum(is_set(field, query) for field in fields)


@register.filter
def sort_label(sort: str) -> str:
    return str(_SORTS[sort]) if sort in _SORTS else sort.capitalize()


# Rows are many: a template would take several times as long to put these together.
@register.simple_tag
def row_link(page: str, row_id: str, label: Any) -> SafeString:
    """Link to the page of a row, which opens beside the list on a wide screen."""
    before, after = _address_around_id(page)
    row, text = escape(row_id), conditional_escape(label)
    address = f"{before}{row}{after}"
    return SafeString(f'<a class="row-link" id="row-{row}" href="{address}">{text}</a>')


@register.filter
def copy_tail(text: str) -> SafeString:
    """Return the place at the end of a cell where the button that copies `text` will be."""
    return SafeString(f'<span class="tail"><span data-copy="{escape(text)}"></span></span>')


@register.simple_tag(takes_context=True)
def open_row(context: Any, page: str) -> str:
    """Return the address of the row that the list's address shows beside it, or ""."""
    request: HttpRequest = context["request"]
    row = request.GET.get("show", "")
    try:
        return reverse(page, args=[row]) if is_id(row) else ""
    except NoReverseMatch:
        return ""


@cache
def _address_around_id(page: str) -> tuple[str, str]:
    """Return what stands before and after an id in the address of a page."""
    before, after = reverse(page, args=[_SOME_ID]).split(_SOME_ID)
    return before, after


def _choices(form: Form) -> list[BoundField]:
    return [field for field in form.visible_fields() if not _is_switch(field)]


def _is_switch(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


def _time(at: datetime, text: str, full: str) -> SafeString:
    utc = at.astimezone(UTC).isoformat(timespec="seconds")[:19]
    title = f"{full} ({utc[11:]} UTC)"
    # Not escaped, which would take longer than the rest.
    return SafeString(f'<time datetime="{utc}Z" title="{title}">{text}</time>')
