"""Filters of deployments and accounts."""

from __future__ import annotations

from django import forms
from django.db.models import Q
from django.http import QueryDict

from accounts.models.account import AccountQuerySet
from config.pages.filters import FilterForm
from deployments.models import Deployment, DeploymentQuerySet


class DeploymentFilterForm(FilterForm):
    state = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Any status"), *Deployment.State.choices],
    )
    shop = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "Full identifier or brand"}),
    )

    def apply(self, queryset: DeploymentQuerySet) -> DeploymentQuerySet:
        if state := self.cleaned_data["state"]:
            queryset = queryset.filter(state=state)
        if shop := self.cleaned_data["shop"]:
            is_it = Q(website__identifier=shop.lower()) | Q(brand_name__iexact=shop)
            queryset = queryset.filter(is_it)
        return queryset


class MerchantFilterForm(FilterForm):
    """Matches exactly: emails and phone numbers are encrypted and found by keyed hashes."""

    who = forms.CharField(
        label="Email or phone",
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"placeholder": "name@example.com or +91 98765 43210"}),
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
        return queryset.with_phone(who, owner=self.owner)
