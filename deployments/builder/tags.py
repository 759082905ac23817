"""The template tag of the shop's texts."""

from __future__ import annotations

from typing import Any

from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = Library()


@register.simple_tag(takes_context=True)
def t(context: Context, text: str, **values: Any) -> SafeString:
    """Say a text of ours, which may have markup and `{names}` of values, in the shop's language."""
    said = context["shop"].language.say(text)
    return format_html(said, **values) if values else SafeString(said)
