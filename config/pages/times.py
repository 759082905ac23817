"""Short forms of times in the user's time zone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def short_day(at: datetime) -> str:
    """Return "24 Nov", with the year if it is another one."""
    local = timezone.localtime(at)
    year = "" if local.year == timezone.localtime().year else f" {local.year}"
    return f"{local.day} {local:%b}{year}"


def short_time(at: datetime) -> str:
    """Return "24 Nov, 15:56"."""
    return f"{short_day(at)}, {timezone.localtime(at):%H:%M}"


def zoned_time(at: datetime) -> str:
    """Return "24 Nov, 15:56 IST", for emails."""
    return f"{short_time(at)} {timezone.localtime(at).tzname()}"


def full_time(at: datetime) -> str:
    """Return "24 Nov 2026, 15:56:05 IST"."""
    local = timezone.localtime(at)
    return f"{local.day} {local:%b %Y, %H:%M:%S} {local.tzname()}"


def relative_time(at: datetime) -> str:
    """Return "12 s ago", "5 min ago", "3 h ago"; from a day on, and ahead, the short time."""
    seconds = (timezone.now() - at) // timedelta(seconds=1)
    if seconds < 0 or seconds >= _DAY:
        return short_time(at)
    for length, unit in ((_HOUR, "h"), (_MINUTE, "min"), (1, "s")):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return "just now"
