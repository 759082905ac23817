"""Parts of form fields that templates would be slow to draw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.forms.utils import flatatt
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def options(choices: Iterable[dict[str, Any]]) -> SafeString:
    """Return the `<option>` elements of a group of choices, as Django's own templates draw them."""
    return format_html_join(
        "\n",
        '<option value="{}"{}>{}</option>',
        (
            (str(each["value"]), flatatt(each["attrs"]) if each["attrs"] else "", each["label"])
            for each in choices
        ),
    )
