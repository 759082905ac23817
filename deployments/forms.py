"""What the pages of deployments ask for."""

from __future__ import annotations

from django import forms
from django.db.models import Q

from deployments.models import Deployment, DeploymentQuerySet


class DeploymentFilter(forms.Form):
    """The list of deployments."""

    state = forms.ChoiceField(
        required=False, choices=[("", "Any state"), *Deployment.State.choices]
    )
    shop = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "Identifier or brand, whole"}),
    )

    def narrow(self, deployments: DeploymentQuerySet) -> DeploymentQuerySet:
        """Those that fit; none where a filter cannot be read."""
        if not self.is_valid():
            return deployments.none()
        if state := self.cleaned_data["state"]:
            deployments = deployments.filter(state=state)
        if shop := self.cleaned_data["shop"]:
            is_it = Q(website__identifier=shop.lower()) | Q(brand_name__iexact=shop)
            deployments = deployments.filter(is_it)
        return deployments
