"""The staff form for confirming bank transfers."""

from __future__ import annotations

import re

from django import forms


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
