"""The form for billing details."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext, gettext_lazy

from billing.billing_details import BillingDetails, validate
from billing.countries import COUNTRIES
from billing.gst import INDIA, STATES


def _states() -> list[tuple[str, str]]:
    states = [(code, gettext(name)) for code, name in STATES.items()]
    return [("", gettext("Choose a state")), *sorted(states, key=lambda state: state[1])]


def _countries() -> list[tuple[str, str]]:
    """Return the English names, apart from India's: ISO 3166 has no others."""
    return list((COUNTRIES | {INDIA: gettext("India")}).items())


class _CountrySelect(forms.Select):
    def create_option(self, name: str, value: Any, *rest: Any, **more: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *rest, **more)
        if value != INDIA and get_language() != "en":
            option["attrs"]["lang"] = "en"
        return option


class BillingDetailsForm(forms.Form):
    """The fields of `BillingDetails`; those that an invoice must show are required.

    State and PIN code are required in India only, which the browser cannot know, so required
    fields are checked on the server alone.
    """

    use_required_attribute = False

    legal_name = forms.CharField(
        max_length=200,
        label=gettext_lazy("Legal name"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = forms.EmailField(
        max_length=254,
        required=False,
        label=gettext_lazy("Billing email"),
        help_text=gettext_lazy("Receipts and alerts are also sent here."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    address = forms.CharField(
        max_length=400,
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("Street address, up to four lines."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    city = forms.CharField(
        max_length=80,
        label=gettext_lazy("City"),
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    pin_code = forms.CharField(
        max_length=12,
        label=gettext_lazy("PIN code"),
        help_text=gettext_lazy("Six digits. Outside India, the postal code, if any."),
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    state_code = forms.ChoiceField(
        choices=_states,
        label=gettext_lazy("State"),
        help_text=gettext_lazy("Decides between CGST + SGST (or UTGST) and IGST."),
    )
    country = forms.ChoiceField(
        choices=_countries,
        label=gettext_lazy("Country"),
        initial=INDIA,
        widget=_CountrySelect(attrs={"autocomplete": "country"}),
    )
    gstin = forms.CharField(
        max_length=15,
        required=False,
        label="GSTIN",
        help_text=gettext_lazy("Needed to claim input tax credit."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    is_sez = forms.BooleanField(
        required=False,
        label=gettext_lazy("In a special economic zone (SEZ)"),
        help_text=gettext_lazy("IGST is charged, also within the seller's state."),
    )

    def __init__(self, data: Any = None, *, details: BillingDetails | None = None) -> None:
        super().__init__(data, prefix="details", initial=asdict(details or BillingDetails()))
        self._is_indian = self["country"].value() == INDIA
        for name in ("state_code", "pin_code"):
            self.fields[name].required = self._is_indian

    def clean_address(self) -> str:
        lines = [line.strip() for line in self.cleaned_data["address"].splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > 4:
            raise forms.ValidationError(gettext("Use four lines or fewer."))
        return "\n".join(lines)

    def clean_gstin(self) -> str:
        return str(self.cleaned_data["gstin"].upper())

    def clean_pin_code(self) -> str:
        return str(self.cleaned_data["pin_code"].replace(" ", ""))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self._is_indian:
            # The page does not show them.
            given |= {"state_code": "", "is_sez": False}
        if not self.errors:
            for field, problem in validate(BillingDetails(**given)).items():
                self.add_error(field, problem)
        return given

    @property
    def details(self) -> BillingDetails:
        return BillingDetails(**self.cleaned_data)
