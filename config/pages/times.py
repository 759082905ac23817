"""Short forms of times in the user's time zone, in the user's language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

_DAY = timedelta(days=1)


def format_day(day: date, style: str = "DATE_FORMAT") -> str:
    """Return what Django's `date_format` does; a page shows the same few days again and again."""
    return _format_day(day.year, day.month, day.day, style, get_language())


@lru_cache(maxsize=4096)
def _format_day(year: int, month: int, day: int, style: str, _language: str | None) -> str:
    return date_format(date(year, month, day), style)


def short_day(at: datetime) -> str:
    """Return "24 Nov", with the year if it is another one."""
    return _short_day(timezone.localtime(at))


def short_time(at: datetime) -> str:
    """Return "24 Nov, 15:56"."""
    local = timezone.localtime(at)
    return f"{_short_day(local)}, {local:%H:%M}"


def _short_day(local: datetime) -> str:
    is_this_year = local.year == datetime.now(local.tzinfo).year
    return format_day(local, "j M" if is_this_year else "DATE_FORMAT")


def zoned_time(at: datetime) -> str:
    """Return "24 Nov, 15:56 IST", for emails."""
    return f"{short_time(at)} {timezone.localtime(at).tzname()}"


def utc_time(at: datetime) -> str:
    """Return "24 Nov 2026, 10:26", in UTC whatever the user's time zone, for emails."""
    utc = at.astimezone(UTC)
    return f"{format_day(utc)}, {utc:%H:%M}"


def describe_time(at: datetime) -> tuple[str, str]:
    """Return "5 min ago" or "24 Nov, 15:56", and "24 Nov 2026, 15:56:05 IST", for a list of many.

    The first is relative up to a day, unless the time is ahead.
    """
    local, age = timezone.localtime(at), timezone.now() - at
    clock = local.isoformat(timespec="seconds")[11:19]
    is_old = age < timedelta(0) or age >= _DAY
    short = f"{_short_day(local)}, {clock[:5]}" if is_old else short_age(age)
    return short, f"{format_day(local)}, {clock} {local.tzname()}"


def short_age(age: timedelta) -> str:
    """Return "20 s ago", "just now", "5 min ago" or "3 h ago"."""
    seconds = max(0, age // timedelta(seconds=1))
    if 0 < seconds < 60:
        # Translators: seconds, abbreviated
        return gettext("%(number)s s ago") % {"number": seconds}
    if seconds == 0:
        return gettext("just now")
    if seconds < 3600:
        # Translators: minutes, abbreviated
        return gettext("%(number)s min ago") % {"number": seconds // 60}
    # Translators: hours, abbreviated
    return gettext("%(number)s h ago") % {"number": seconds // 3600}
