"""Inputs of the admin's forms."""

from __future__ import annotations

from typing import Any

from django import forms


class TimeInput(forms.DateTimeInput):
    """The browser's picker of a date and a time, in place of two fields and two scripts."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")
