"""GET me: what the key of the request may do, to check a configuration at start-up."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from accounts.api.views import ManagementView
from accounts.endpoints import permissions_for
from accounts.models import ApiKey
from accounts.services.authorization import Admission, Window
from config.api.renderers import ApiResponse
from config.api.timestamps import timestamp


class ManagementKeyView(ManagementView):
    """GET /api/v2/third-party/me."""

    endpoint = "management.me"
    label = gettext_noop("Get this key")
    needs_permission = False
    example = ""

    def get(self, request: Any) -> ApiResponse:
        return ApiResponse({"success": True, "data": describe_key(self.admission)})


def describe_key(admission: Admission) -> dict[str, Any]:
    """Return the key and its partner; `permissions` names each endpoint that it can call."""
    mine = ApiKey.objects.of(admission.company_id).prefetch_related("allowed_networks")
    key = mine.get(pk=admission.key_id)
    available = permissions_for(key.environment)
    data: dict[str, Any] = {
        "partner": {"id": admission.company_id, "name": admission.partner_name},
        "key": {
            "id": key.id,
            "name": key.name,
            "lastFour": key.last_four,
            "environment": key.environment,
            "createdAt": timestamp(key.created_at),
            "expiresAt": timestamp(key.expires_at) if key.expires_at else None,
            "allowedNetworks": sorted(each.network for each in key.allowed_networks.all()),
        },
        "permissions": sorted(available if key.permissions is None else key.permissions),
        "limits": {"minute": _window(admission.minute), "day": _window(admission.day)},
    }
    if admission.is_test:
        data["testMode"] = True
    return data


def _window(window: Window | None) -> dict[str, int] | None:
    """Return the figures of the `RateLimit` headers; the request itself is counted."""
    if window is None:
        return None
    return {"limit": window.limit, "remaining": window.left, "resetSeconds": window.reset}
