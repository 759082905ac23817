"""Pages of the dashboard: images made for a partner."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
