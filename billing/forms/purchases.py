"""Forms for ordering a package and for the sandbox checkout."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext, gettext_lazy

from accounts.models import Partner
from billing.gateways import offered_gateways
from config.pages.form_tokens import SubmissionIdField

_CHOOSE = gettext_lazy("Choose a payment method.")


def _gateways() -> list[tuple[str, str]]:
    return [(gateway.name, gateway.label) for gateway in offered_gateways()]


class MethodForm(forms.Form):
    """The payment method, which is part of the next page's address."""

    gateway = forms.ChoiceField(
        choices=_gateways, error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE}
    )


class OrderForm(MethodForm):
    """The confirmation of an order. One form orders once, however often it is submitted.

    `total` is the amount the page showed: if prices or tax have changed since, nothing is ordered.
    """

    token = SubmissionIdField()
    total = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, partner: Partner, gateway: str, total: int) -> None:
        super().__init__(data, initial={"gateway": gateway, "total": total})
        self.fields["gateway"].widget = forms.HiddenInput()
        token = cast(SubmissionIdField, self.fields["token"])
        token.bind(partner.id)
        self.expected_total = total

    def clean_total(self) -> int:
        total: int = self.cleaned_data["total"]
        if total != self.expected_total:
            raise forms.ValidationError(gettext("The total has changed. Check it before you pay."))
        return total


class LatePaymentForm(forms.Form):
    seconds = forms.IntegerField(
        label=gettext_lazy("Delay in seconds"), min_value=1, max_value=3600, initial=30
    )
