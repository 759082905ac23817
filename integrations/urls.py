"""Pages of the dashboard: webhooks and their signatures."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
