"""Template filters for image operations."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from billing.models import Charge
from imaging.models import ImageOperation

register = template.Library()


@register.filter
def operation_badge(row: ImageOperation) -> SafeString:
    """Return the status as a badge; a test call has none."""
    if not row.charge:
        return format_html('<span class="badge">{}</span>', gettext("Test"))
    style, text = "badge-warn", gettext("In progress")
    if row.charge.state == Charge.State.SUCCEEDED:
        style, text = "badge-good", gettext("Succeeded")
    elif row.charge.state == Charge.State.REFUNDED:
        style, text = "badge-bad", gettext("Refunded")
    return format_html('<span class="badge {}">{}</span>', style, text)
