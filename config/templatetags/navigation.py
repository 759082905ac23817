"""Links of the sidebar."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def nav_link(context: Context, name: str, label: str) -> SafeString:
    """Link to the page `name`, marked as current on it and the pages below."""
    try:
        address = reverse(name)
    except NoReverseMatch:
        return SafeString("")
    request: Any = context["request"]
    is_current = request.path == address or (
        name != "dashboard" and request.path.startswith(address)
    )
    current = SafeString(' aria-current="page"') if is_current else ""
    return format_html('<a href="{}"{}>{}</a>', address, current, label)
