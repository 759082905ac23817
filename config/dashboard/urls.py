"""The dashboard's home page."""

from __future__ import annotations

from django.urls import path

from config.dashboard import home

urlpatterns = [path("", home.home, name="dashboard")]
