"""Pages of the dashboard: deployments of a partner."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
