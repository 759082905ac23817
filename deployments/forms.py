"""What the pages of deployments ask for."""

from __future__ import annotations

from django import forms
from django.db.models import Q

from deployments.models import Deployment, DeploymentQuerySet


class DeploymentFilter(forms.Form):
    """The list of deployments; a value that cannot be read narrows nothing."""

    state = forms.ChoiceField(
        required=False, choices=[("", "Any state"), *Deployment.State.choices]
    )
    shop = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "Identifier or brand, whole"}),
    )

    def narrow(self, deployments: DeploymentQuerySet) -> DeploymentQuerySet:
        self.is_valid()
        if state := self.cleaned_data.get("state"):
            deployments = deployments.filter(state=state)
        if shop := self.cleaned_data.get("shop"):
            is_it = Q(website__identifier=shop.lower()) | Q(brand_name__iexact=shop)
            deployments = deployments.filter(is_it)
        return deployments
