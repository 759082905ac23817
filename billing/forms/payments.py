"""What staff enter about a payment."""

from __future__ import annotations

import re

from django import forms


class ConfirmPaymentForm(forms.Form):
    """A transfer that is on the bank statement."""

    bank_reference = forms.CharField(
        label="Bank's reference",
        min_length=6,
        max_length=40,
        help_text="The UTR of the transfer, as the statement has it; each counts once.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_bank_reference(self) -> str:
        """Typed with or without spaces and in either case, it is the same transfer."""
        reference = re.sub(r"\s", "", self.cleaned_data["bank_reference"]).upper()
        if not re.fullmatch(r"[A-Z0-9/-]{6,}", reference):
            raise forms.ValidationError("Letters, digits, hyphens and slashes only.")
        return reference


class RefundForm(forms.Form):
    reason = forms.CharField(max_length=200, help_text="Kept with the purchase and in the audit.")
