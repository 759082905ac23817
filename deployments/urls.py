"""Dashboard pages of merchants and their shops."""

from __future__ import annotations

from django.urls import path

from deployments.views import deployments, merchants, shop_acts

urlpatterns = [
    path("accounts/", merchants.merchants, name="merchants"),
    path("accounts.csv", merchants.merchants_csv, name="merchants-csv"),
    path("accounts/<id:account_id>/", merchants.merchant, name="merchant"),
    path("deployments/", deployments.deployments, name="deployments"),
    path("deployments.csv", deployments.deployments_csv, name="deployments-csv"),
    path("deployments/<id:deployment_id>/", deployments.deployment, name="deployment"),
    path("deployments/<id:deployment_id>/rebuild/", shop_acts.rebuild, name="deployment-rebuild"),
    path(
        "deployments/<id:deployment_id>/rollback/", shop_acts.roll_back, name="deployment-rollback"
    ),
    path("deployments/<id:deployment_id>/retry/", shop_acts.retry, name="deployment-retry"),
    path("deployments/<id:deployment_id>/cancel/", shop_acts.cancel, name="deployment-cancel"),
]
