"""The dashboard's pages that belong to no app."""

from __future__ import annotations

from django.urls import path

from config.dashboard import help as help_page
from config.dashboard import home, search

urlpatterns = [
    path("", home.home, name="dashboard"),
    path("search/", search.search, name="search"),
    path("help/", help_page.help_and_status, name="help"),
]
