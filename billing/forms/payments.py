"""The staff form for recording bank transfers."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django import forms

from billing.forms.fields import RupeesField
from billing.gst import INDIAN_TIME
from billing.models import Purchase


class TransferForm(forms.Form):
    """A transfer that appears on the bank statement."""

    bank_reference = forms.CharField(
        label="Bank reference (UTR)",
        min_length=6,
        max_length=40,
        help_text="As shown on the bank statement. Each reference can be used once.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    amount = RupeesField(label="Amount received, ₹", help_text="As shown on the bank statement.")
    received_on = forms.DateField(
        label="Received on", widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, data: Any = None, *, purchase: Purchase) -> None:
        first = {"amount": purchase.total_paise, "received_on": today_in_india()}
        super().__init__(data, initial=first)
        self._ordered_on = purchase.created_at.astimezone(INDIAN_TIME).date()

    def clean_bank_reference(self) -> str:
        """Normalise spaces and case, so that one transfer has one reference."""
        reference = re.sub(r"\s", "", self.cleaned_data["bank_reference"]).upper()
        if not re.fullmatch(r"[A-Z0-9/-]{6,}", reference):
            raise forms.ValidationError("Use only letters, digits, hyphens and slashes.")
        return reference

    def clean_received_on(self) -> Any:
        day: date = self.cleaned_data["received_on"]
        if day > today_in_india():
            raise forms.ValidationError("Enter a day that is not in the future.")
        if day < self._ordered_on:
            raise forms.ValidationError(
                f"Enter a day since {self._ordered_on:%-d %b %Y}, when this was ordered."
            )
        return day


def today_in_india() -> date:
    return datetime.now(INDIAN_TIME).date()
