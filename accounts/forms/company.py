"""Settings of a company."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

#: One or two well-known places of each offset, India first.
ZONES = (
    *("Asia/Kolkata", "UTC", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Colombo", "Asia/Karachi"),
    *("Asia/Dubai", "Asia/Riyadh", "Africa/Nairobi", "Africa/Johannesburg", "Africa/Lagos"),
    *("Europe/London", "Europe/Berlin", "Europe/Athens", "Europe/Istanbul", "Asia/Tehran"),
    *("Asia/Yangon", "Asia/Bangkok", "Asia/Singapore", "Asia/Hong_Kong", "Asia/Tokyo"),
    *("Australia/Perth", "Australia/Adelaide", "Australia/Sydney", "Pacific/Auckland"),
    *("America/Sao_Paulo", "America/Halifax", "America/New_York", "America/Chicago"),
    *("America/Denver", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu"),
)


class TimeZoneForm(forms.Form):
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy(
            "Days, months, CSV files and spend limits follow it from now on. Days already "
            "counted do not change."
        ),
    )

    def __init__(self, data: Any, *, current: str) -> None:
        super().__init__(data, initial={"time_zone": current})
        field: Any = self.fields["time_zone"]
        names = ZONES if current in ZONES else (current, *ZONES)
        field.choices = [(name, _describe(name)) for name in names]


def _describe(name: str) -> str:
    """ "Asia/Kolkata (UTC+05:30)"."""
    offset = f"{timezone.now().astimezone(ZoneInfo(name)):%z}"
    return name if name == "UTC" else f"{name.replace('_', ' ')} (UTC{offset[:3]}:{offset[3:]})"
