"""Staff forms for confirming and refunding payments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from billing.gateways import Payment
from billing.money import rupees


class ConfirmPaymentForm(forms.Form):
    """A transfer that appears on the bank statement."""

    bank_reference = forms.CharField(
        label="Bank reference (UTR)",
        min_length=6,
        max_length=40,
        help_text="As shown on the bank statement. Each reference can be used once.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_bank_reference(self) -> str:
        """Normalise spaces and case, so that one transfer has one reference."""
        reference = re.sub(r"\s", "", self.cleaned_data["bank_reference"]).upper()
        if not re.fullmatch(r"[A-Z0-9/-]{6,}", reference):
            raise forms.ValidationError("Use only letters, digits, hyphens and slashes.")
        return reference


class RefundForm(forms.Form):
    reason = forms.CharField(
        max_length=200, help_text="Saved with the purchase and in the audit log."
    )


class BookPaymentForm(forms.Form):
    """A captured payment whose amount differs from the amount due."""

    payment_id = forms.ChoiceField(label="Payment", help_text="As the gateway reports it now.")
    reason = forms.CharField(max_length=200, help_text="Saved in the audit log.")

    def __init__(self, data: Any = None, *, payments: Sequence[Payment]) -> None:
        super().__init__(data)
        field: Any = self.fields["payment_id"]
        field.choices = [(x.id, f"{x.id}, {rupees(x.remaining_paise)}") for x in payments]
