"""Text for the permissions of a key."""

from __future__ import annotations

from django import template

from accounts.endpoints import endpoints_for
from accounts.models import ApiKey

register = template.Library()
_FEW = 2


@register.filter
def permission_labels(key: ApiKey) -> list[str]:
    """Return the labels of a key's endpoints in the order of the API documentation."""
    return [
        endpoint.label
        for endpoint in endpoints_for(key.environment)
        if key.permissions is None or endpoint.name in key.permissions
    ]


@register.filter
def permissions(key: ApiKey) -> str:
    """Summarize for a table: "All endpoints", a few labels, or a number."""
    if key.permissions is None:
        return "All endpoints"
    labels = permission_labels(key)
    if len(labels) <= _FEW:
        return ", ".join(labels)
    return f"{len(labels)} of {len(endpoints_for(key.environment))} endpoints"
