"""Times in the user's time zone, with UTC as tooltip."""

from __future__ import annotations

from datetime import UTC, datetime

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from config.pages.times import format_day

register = template.Library()


@register.filter
def datetime_minutes(at: datetime) -> SafeString:
    """Return a `<time>` such as "23 Nov 2026, 13:40"."""
    local = timezone.localtime(at)
    return _time(at, f"{format_day(local)}, {local:%H:%M}")


@register.filter
def datetime_seconds(at: datetime) -> SafeString:
    """Return a `<time>` such as "23 Nov 2026, 13:40:05", for logs."""
    local = timezone.localtime(at)
    return _time(at, f"{format_day(local)}, {local:%H:%M:%S}")


@register.filter
def timeago(at: datetime) -> SafeString:
    """Return a `<time>` such as "3 minutes ago"."""
    return _time(at, str(naturaltime(at)))


@register.filter
def zone_name(name: str) -> str:
    """Return a short name of the current zone, such as "India time (IST)" or "UTC"."""
    if "/" not in name:
        return name
    city = name.rpartition("/")[2].replace("_", " ")
    short = f"{timezone.localtime():%Z}"
    zone = short if short.isalpha() else f"UTC{short}"
    if city in ("Kolkata", "Calcutta"):
        return gettext("India time (%(zone)s)") % {"zone": zone}
    # Translators: such as "Dubai time (UTC+04)"
    return gettext("%(city)s time (%(zone)s)") % {"city": city, "zone": zone}


def _time(at: datetime, text: str) -> SafeString:
    at = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        f"{at:%Y-%m-%dT%H:%M:%SZ}",
        f"{at:%Y-%m-%d %H:%M:%S}",
        text,
    )
