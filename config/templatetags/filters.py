"""Whether a list is filtered."""

from __future__ import annotations

from django import template
from django.forms import BaseForm
from django.http import QueryDict

register = template.Library()


@register.filter
def is_filled(form: BaseForm, query: QueryDict) -> bool:
    """Return whether the query sets a visible filter; cursors and sorting do not count."""
    return any(query.get(field.html_name) for field in form.visible_fields())
