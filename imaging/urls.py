"""Dashboard pages of a partner's generated images."""

from __future__ import annotations

from django.urls import URLPattern, path

from imaging.views import operations

urlpatterns: list[URLPattern] = [
    path("images/", operations.operations, name="operations"),
    path("images/<id:operation_id>/", operations.operation, name="operation"),
]
