"""What staff fill in to ask for points or money to be moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings

from accounts.models import Partner
from billing.forms.fields import PointsField
from billing.gateways import Payment
from billing.models import Tier
from billing.money import rupees
from billing.points import SCALE
from config.db.ids import is_id, new_id
from config.grouping import group_digits


class RequestForm(forms.Form):
    """One form asks once, however often it is submitted: the request gets the ID that it holds."""

    reason = forms.CharField(
        max_length=200, help_text="For the person who approves, and in the audit log."
    )
    once = forms.CharField(widget=forms.HiddenInput, initial=new_id)

    def clean_once(self) -> str:
        once: str = self.cleaned_data["once"]
        if not is_id(once):
            raise forms.ValidationError("Reload the page.")
        return once


class GrantForm(RequestForm):
    partner = forms.ModelChoiceField(
        Partner.objects.all(),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid_choice": "No partner has this ID."},
    )
    tier = forms.ModelChoiceField(Tier.objects.all(), empty_label=None)
    points = PointsField(help_text="Up to two decimals, such as 7.25.")

    field_order: Any = ("partner", "tier", "points", "reason")

    def clean_points(self) -> int:
        points: int = self.cleaned_data["points"]
        if points > settings.GRANT_LIMIT * SCALE:
            raise forms.ValidationError(
                f"Grant at most {group_digits(settings.GRANT_LIMIT)} points at a time."
            )
        return points


class CorrectionForm(RequestForm):
    direction = forms.ChoiceField(
        choices=(
            ("add", "Give back points that were charged wrongly"),
            ("remove", "Take points that should have been charged"),
        ),
        widget=forms.RadioSelect,
    )
    points = PointsField(help_text="Up to two decimals, such as 7.25.")

    field_order: Any = ("direction", "points", "reason")

    @property
    def signed_points(self) -> int:
        points: int = self.cleaned_data["points"]
        return points if self.cleaned_data["direction"] == "add" else -points


class RefundForm(RequestForm):
    extent = forms.ChoiceField(
        label="Refund",
        choices=(("whole", "The whole purchase"), ("unspent", "What is unspent")),
        widget=forms.RadioSelect,
        initial="whole",
    )

    field_order: Any = ("extent", "reason")

    def __init__(self, data: Any = None, *, excess_paise: int = 0) -> None:
        super().__init__(data)
        if excess_paise:
            field: Any = self.fields["extent"]
            label = f"What was paid above the total: {rupees(excess_paise)}"
            field.choices = [*field.choices, ("excess", label)]


class WriteOffForm(RequestForm):
    points = PointsField(help_text="The oldest debt first.")

    field_order: Any = ("points", "reason")


class BookPaymentForm(RequestForm):
    """A captured payment whose amount differs from the amount due."""

    payment_id = forms.ChoiceField(label="Payment", help_text="As the gateway reports it now.")

    field_order: Any = ("payment_id", "reason")

    def __init__(self, data: Any = None, *, payments: Sequence[Payment]) -> None:
        super().__init__(data)
        field: Any = self.fields["payment_id"]
        field.choices = [(x.id, f"{x.id}, {rupees(x.remaining_paise)}") for x in payments]


class DeclineForm(forms.Form):
    note = forms.CharField(
        label="Why not",
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "Why not? Mailed to who asked"}),
    )
