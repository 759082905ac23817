"""Pages of the dashboard: deployments of a partner."""

from __future__ import annotations

from django.urls import path

from deployments.views import deployments

urlpatterns = [
    path("deployments/", deployments.deployments, name="deployments"),
    path("deployments/<id:deployment_id>/", deployments.deployment, name="deployment"),
]
