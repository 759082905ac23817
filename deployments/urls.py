"""Dashboard pages of merchants and their shops."""

from __future__ import annotations

from django.urls import path

from deployments.views import deployments, merchants

urlpatterns = [
    path("accounts/", merchants.merchants, name="merchants"),
    path("accounts/<id:account_id>/", merchants.merchant, name="merchant"),
    path("deployments/", deployments.deployments, name="deployments"),
    path("deployments/<id:deployment_id>/", deployments.deployment, name="deployment"),
]
