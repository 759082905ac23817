"""Forms of the partners' admin page."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.services.partners import LARGEST_LIMIT

_LIMIT: dict[str, Any] = {"min_value": 1, "max_value": LARGEST_LIMIT, "required": False}


class LimitsForm(forms.Form):
    """Rate limits of a partner; an empty field keeps the limit."""

    requests_per_minute = forms.IntegerField(**_LIMIT, help_text="Leave empty to keep it.")
    requests_per_day = forms.IntegerField(**_LIMIT, help_text="Leave empty to keep it.")
