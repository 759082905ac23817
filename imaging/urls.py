"""Dashboard pages of a partner's generated images."""

from __future__ import annotations

from django.urls import URLPattern, path

from imaging.views import operations, placeholders

urlpatterns: list[URLPattern] = [
    path("images/", operations.operations, name="operations"),
    path("images/placeholder/", placeholders.placeholder, name="placeholder"),
    path("images.csv", operations.operations_csv, name="operations-csv"),
    path("images/<id:operation_id>/", operations.operation, name="operation"),
]
