"""The dashboard's pages that belong to no app."""

from __future__ import annotations

from django.urls import path

from config.dashboard import alerts, home, search
from config.dashboard import help as help_page

urlpatterns = [
    path("", home.home, name="dashboard"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/limits/", alerts.limits, name="alert-limits"),
    path("alerts/history/", alerts.history, name="alert-history"),
    path("search/", search.search, name="search"),
    path("help/", help_page.help_and_status, name="help"),
]
