"""Pages of the dashboard that show more than one app."""

from __future__ import annotations

from django.urls import path

from config.dashboard import home, merchants

urlpatterns = [
    path("", home.home, name="dashboard"),
    path("accounts/", merchants.merchants, name="merchants"),
    path("accounts/<id:account_id>/", merchants.merchant, name="merchant"),
]
