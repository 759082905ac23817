"""Where the cells of a staff list stand: CSS classes by column."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_CLASS = re.compile(r'class="((?:[\w-]+ )*(?:field|column)-(\w+)(?: [\w-]+)*)"')


@register.filter
def placed(cell: SafeString, changelist: Any) -> SafeString:
    """Add the classes of its column to a cell, or to the class of a header, of Django's."""
    classes, labels = changelist.cell_classes, changelist.model_admin.phone_labels

    def add(found: re.Match[str]) -> str:
        name = found[2]
        label = format_html(' data-label="{}"', labels[name]) if name in labels else ""
        return f'class="{found[1]} {classes.get(name, "")}"{label}'

    # Only the name and the label of a column are added to what Django has escaped.
    return mark_safe(_CLASS.sub(add, cell, count=1))  # noqa: S308
