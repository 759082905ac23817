"""Text for the permissions of a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext

from accounts.endpoints import endpoints_for
from accounts.models import ApiKey

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

register = template.Library()
_FEW = 2


@register.filter
def permission_labels(key: ApiKey) -> list[StrOrPromise]:
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
        return gettext("All endpoints")
    labels = permission_labels(key)
    if len(labels) <= _FEW:
        return ", ".join(map(str, labels))
    values = {"number": len(labels), "all": len(endpoints_for(key.environment))}
    return gettext("%(number)s of %(all)s endpoints") % values
