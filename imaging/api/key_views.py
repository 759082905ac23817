"""GET /partner/v1/me: what the key of the request may do, and what it may spend."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from accounts.api.key_views import describe_key
from accounts.api.views import ImageApiView
from billing.spending import read_spend_limits
from config.api.renderers import ApiResponse
from imaging.api import representations


class ImageKeyView(ImageApiView):
    """GET /partner/v1/me."""

    endpoint = "image.me"
    label = gettext_noop("Get this key")
    needs_permission = False
    example = ""

    def get(self, request: Any) -> ApiResponse:
        admission = self.admission
        limits = read_spend_limits(admission.partner_id, admission.key_id)
        data = describe_key(admission)
        data["limits"]["spending"] = representations.spend_limits(limits)
        return ApiResponse(representations.success(data))
