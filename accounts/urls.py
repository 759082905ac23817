"""Pages of the dashboard: API keys, whitelists, team, request log, audit."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
