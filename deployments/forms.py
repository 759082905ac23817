"""Filters of deployments and accounts, and the contact of a shop."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from accounts.models import Account
from accounts.models.account import AccountQuerySet
from config.pages.filters import DayPeriodForm, FilterForm
from deployments.material import current_material, is_international_number
from deployments.models import Deployment, DeploymentQuerySet, Website

#: A telephone number, rather than a name.
_PHONE = re.compile(r"\+?[\d\s().-]{5,24}")


class DeploymentFilterForm(DayPeriodForm):
    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[("", gettext_lazy("Any status")), *Deployment.State.choices],
    )
    shop = forms.CharField(
        label=gettext_lazy("Shop"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"placeholder": gettext_lazy("Identifier, or beginning of the brand")}
        ),
    )

    field_order = ("period", "state", "shop", "since", "until")

    def apply(self, queryset: DeploymentQuerySet) -> DeploymentQuerySet:
        queryset = queryset.filter(**self.lookups("created_at"))
        if state := self.cleaned_data["state"]:
            queryset = queryset.filter(state=state)
        if shop := self.cleaned_data["shop"]:
            queryset = queryset.of_shop(shop)
        return queryset


class MerchantFilterForm(FilterForm):
    """Business names match by their beginnings and with typing errors, emails and phone numbers,
    which are encrypted, exactly. `owner` is the partner or its sandbox."""

    who = forms.CharField(
        label=gettext_lazy("Account"),
        required=False,
        max_length=254,
        widget=forms.TextInput(
            attrs={"placeholder": gettext_lazy("Business name, email or phone")}
        ),
    )

    def __init__(self, query: QueryDict, *, owner: str) -> None:
        super().__init__(query)
        self.owner = owner

    def apply(self, queryset: AccountQuerySet) -> AccountQuerySet:
        who = self.cleaned_data["who"]
        if not who:
            return queryset
        if "@" in who:
            return queryset.with_email(who, owner=self.owner)
        if _PHONE.fullmatch(who):
            return queryset.with_phone(who, owner=self.owner)
        return queryset.named(who, owner=self.owner)


class PhoneField(forms.CharField):
    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if text and not is_international_number(text):
            raise forms.ValidationError(
                gettext("Start with the country code, such as +91 98765 43210.")
            )
        return text


class ContactForm(forms.Form):
    """What a shop shows of its merchant. An empty line is hidden; one that is as in the account
    follows the account."""

    email = forms.EmailField(label=gettext_lazy("Email"), required=False, max_length=254)
    phone = PhoneField(label=gettext_lazy("Phone"), required=False, max_length=40)
    whatsapp = PhoneField(label="WhatsApp", required=False, max_length=40)
    line_one = forms.CharField(label=gettext_lazy("Address"), required=False, max_length=300)
    line_two = forms.CharField(
        label=gettext_lazy("Address, second line"), required=False, max_length=300
    )
    city = forms.CharField(label=gettext_lazy("City"), required=False, max_length=120)
    pincode = forms.CharField(label=gettext_lazy("PIN code"), required=False, max_length=20)
    state = forms.CharField(
        label=pgettext_lazy("part of a country", "State"), required=False, max_length=120
    )
    country = forms.CharField(label=gettext_lazy("Country"), required=False, max_length=120)

    #: Fields of the address by their names in the API.
    _ADDRESS: ClassVar[dict[str, str]] = {
        "addLineOne": "line_one",
        "addLineTwo": "line_two",
        **{name: name for name in ("city", "pincode", "state", "country")},
    }

    def __init__(self, website: Website, data: Any = None) -> None:
        shown = current_material(website, "").merchant
        self._account: Account = website.account
        self._address: dict[str, str] = website.account.read_profile().get("address") or {}
        contact = website.read_public_contact() or {}
        address = contact.get("address", self._address) or {}
        super().__init__(
            data,
            initial={
                "email": shown.email,
                "phone": shown.phone,
                "whatsapp": shown.whatsapp,
                **{field: address.get(name, "") for name, field in self._ADDRESS.items()},
            },
        )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        # A field that is invalid is no longer there, and not empty either.
        if not any(data.get(name, "invalid") for name in ("email", "phone", "whatsapp")):
            raise forms.ValidationError(gettext("Keep one way for customers to reach you."))
        return data

    def to_contact(self) -> dict[str, Any] | None:
        """Return what differs from the account, None if nothing does."""
        given = self.cleaned_data
        address = {name: given[field] for name, field in self._ADDRESS.items() if given[field]}
        lines = {
            "email": (given["email"], self._account.get_decrypted("email")),
            "phone": (given["phone"], self._account.dialable_phone),
            "whatsapp": (given["whatsapp"], given["phone"]),
            "address": (address, self._address),
        }
        contact = {name: mine or None for name, (mine, default) in lines.items() if mine != default}
        return contact or None
