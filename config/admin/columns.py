"""Cells of the admin's lists: times, ids, states, and links to the rows that they name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.db import models
from django.db.models import Model
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config.db.fields import IdField

NOTHING = "–"
#: How many characters of an id a list shows: its time, and what tells it from its neighbours.
_HEAD, _TAIL = 8, 4
_IDS = re.compile(r"\b([0-9a-f]{24})\b")


def time_cell(at: datetime | None) -> SafeString | str:
    """Return a `<time>` such as "24 Nov, 15:56"; pointing at it shows year, seconds and zone."""
    if at is None:
        return NOTHING
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        f"{at:%Y-%m-%dT%H:%M:%S%z}",
        f"{local.day} {local:%b %Y, %H:%M:%S %Z}",
        short_time(local),
    )


def full_time(at: datetime) -> str:
    """Return "24 Nov 2026, 15:56 UTC", for sentences and facts."""
    local = timezone.localtime(at)
    return f"{local.day} {local:%b %Y, %H:%M %Z}"


def short_time(at: datetime) -> str:
    """Leave out the year if it is this one, and the zone: pages of staff say that it is UTC."""
    year = "" if at.year == timezone.localtime().year else f" {at.year}"
    return f"{at.day} {at:%b}{year}, {at:%H:%M}"


def duration_text(milliseconds: int) -> str:
    """Return "340 ms" or "1.2 s"."""
    if milliseconds < 1_000:
        return f"{milliseconds} ms"
    return f"{milliseconds / 1_000:.1f} s"


def id_cell(text: str) -> SafeString:
    """Show the start and end of an id in a text; selecting and copying gives the whole."""
    parts = enumerate(_IDS.split(text))
    return format_html_join("", "{}", ((_short(part) if i % 2 else part,) for i, part in parts))


def _short(text: str) -> SafeString:
    return format_html(
        '<span class="id" title="{}">{}<span>{}</span>{}</span>',
        text,
        text[:_HEAD],
        text[_HEAD:-_TAIL],
        text[-_TAIL:],
    )


def state_cell(value: str, label: str) -> SafeString:
    """Return a badge; `static/css/admin-lists.css` knows which values are good or bad."""
    return format_html('<span class="state state-{}">{}</span>', value.lower(), label)


def datetime_column(field: str, label: str) -> Callable[[Any, Model], Any]:
    @admin.display(description=label)
    def column(_page: Any, row: Model) -> Any:
        return time_cell(getattr(row, field))

    return column


def number_column(
    field: str, label: str, show: Callable[[int], str]
) -> Callable[[Any, Model], str]:
    """Build a right-aligned column."""

    @admin.display(description=label)
    def column(_page: Any, row: Model) -> str:
        value = getattr(row, field)
        return NOTHING if value is None else show(value)

    column.is_number = True  # type: ignore[attr-defined]
    return column


def admin_url(model: type[Model], *args: Any, page: str = "change") -> str:
    """Return the address of an admin page; "" if there is none."""
    options = model._meta
    try:
        return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=args)
    except NoReverseMatch:
        return ""


def link_to(model: type[Model], pk: Any, text: object) -> SafeString:
    """Return a link to the admin page of a row, by its shortened id if `text` is one."""
    return format_html('<a href="{}">{}</a>', admin_url(model, pk), id_cell(str(text)))


def column_of_field(
    field: models.Field[Any, Any], request: HttpRequest, site: AdminSite
) -> Callable[[Model], Any] | None:
    """Return how a list shows a field of its model; None leaves it to Django."""
    show: Callable[[Model], Any]
    if isinstance(field, models.ForeignKey):
        show = _relation(field, request, site)
    elif isinstance(field, models.DateTimeField):
        show = _cell(time_cell, field)
    elif isinstance(field, IdField):
        show = _cell(id_cell, field)
    elif isinstance(field, models.BooleanField):
        show = _cell(yes_or_no, field)
    elif field.name in ("state", "kind") and field.choices:
        show = _state(field)
    else:
        return None
    return _named(show, field)


def yes_or_no(value: bool | None) -> str:
    if value is None:
        return NOTHING
    return "Yes" if value else "No"


def _cell(
    render: Callable[[Any], object], field: models.Field[Any, Any]
) -> Callable[[Model], object]:
    return lambda row: render(getattr(row, field.attname))


def _state(field: models.Field[Any, Any]) -> Callable[[Model], SafeString]:
    return lambda row: state_cell(
        getattr(row, field.attname), getattr(row, f"get_{field.name}_display")()
    )


def _relation(
    field: models.ForeignKey[Any, Any], request: HttpRequest, site: AdminSite
) -> Callable[[Model], Any]:
    model: type[Model] = field.remote_field.model
    is_linked = may_view(site, model, request)

    def show(row: Model) -> Any:
        pk = getattr(row, field.attname)
        if pk is None:
            return NOTHING
        # A row of a log may outlive the row that it names.
        target = field.get_cached_value(row, default=None)
        if target is None:
            return id_cell(str(pk)) if str(pk).strip("0") else NOTHING
        return link_to(model, pk, target) if is_linked else id_cell(str(target))

    return show


def may_view(site: AdminSite, model: type[Model], request: HttpRequest) -> bool:
    return site.is_registered(model) and site.get_model_admin(model).has_view_permission(request)


def _named(show: Callable[[Model], Any], field: models.Field[Any, Any]) -> Callable[[Model], Any]:
    show.__name__ = field.name
    show.short_description = field.verbose_name  # type: ignore[attr-defined]
    return show
