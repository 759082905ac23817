"""Pages of the dashboard: images made for a partner."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from imaging.views import operations

urlpatterns: list[URLPattern] = [
    path("images/", operations.operations, name="operations"),
    re_path(r"^images/(?P<operation_id>[0-9a-f]{24})/$", operations.operation, name="operation"),
]
