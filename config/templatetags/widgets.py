"""Parts of form fields that templates would be slow to draw."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.forms.utils import flatatt
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def options(choices: Iterable[dict[str, Any]]) -> SafeString:
    """Return the `<option>` elements of a group of choices, as Django's own templates draw them."""
    return SafeString("\n".join(_option(**choice) for choice in choices))


def _option(value: object, label: Any, attrs: dict[str, Any], **_: object) -> str:
    marks = flatatt(attrs) if attrs else ""
    return f'<option value="{escape(str(value))}"{marks}>{conditional_escape(label)}</option>'
