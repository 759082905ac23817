"""Pages of the dashboard: points, purchases, usage and billing settings."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
