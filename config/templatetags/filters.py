"""Whether a list is filtered."""

from __future__ import annotations

from django import template
from django.forms import BaseForm
from django.http import QueryDict

register = template.Library()


@register.filter
def is_filled(form: BaseForm, query: QueryDict) -> bool:
    """Whether the address sets a filter that people see in the form; cursors and sorts are none."""
    return any(query.get(field.html_name) for field in form.visible_fields())
