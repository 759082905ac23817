"""Base classes of the views of the public API."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar, cast

from rest_framework.views import APIView

from accounts.models.key import IMAGE_ENVIRONMENTS, MANAGEMENT_ENVIRONMENTS
from accounts.services.authorization import Admission
from config.api.renderers import encode


class PartnerApiView(APIView):
    """A view that authenticates by API key.

    `accounts.endpoints` reads the attributes below for key forms, logs and documentation.
    """

    #: The name of this endpoint in the permissions of a key.
    endpoint: ClassVar[str]
    label: ClassVar[str]
    #: The kinds of key that can call this endpoint.
    environments: ClassVar[Sequence[str]]
    #: URL name and label of the page that shows what a successful call created.
    result_page: ClassVar[str] = ""
    result_label: ClassVar[str] = ""
    #: A body that works for every partner, "" if none is needed, None if the call needs an id.
    example: ClassVar[str | None] = None
    costs_points: ClassVar[bool] = False
    #: False for an endpoint that every key can call.
    needs_permission: ClassVar[bool] = True
    # The framework's OPTIONS response describes an endpoint; this API has no such method.
    http_method_names = [name for name in APIView.http_method_names if name != "options"]

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Empty: the framework would add `Allow`, which only a 405 needs and sets itself."""
        return {}

    @property
    def admission(self) -> Admission:
        """The caller and the remaining calls of the rate limits."""
        admission: Any = self.request.auth
        return cast(Admission, admission)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        admission = getattr(request._request, "admission", None)
        if admission is not None:
            for name, value in _rate_headers(admission).items():
                response.headers[name] = value
        return response


class ManagementView(PartnerApiView):
    """`/api/v2/third-party/*`, for management keys; a test key works in the partner's sandbox."""

    environments = MANAGEMENT_ENVIRONMENTS

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Add `testMode` to the responses of test keys, which are the same otherwise."""
        response = super().finalize_response(request, response, *args, **kwargs)
        admission = getattr(request._request, "admission", None)
        if admission is not None and admission.is_test:
            body = encode({**json.loads(response.content), "testMode": True})
            response.content = body
            response.headers["Content-Length"] = str(len(body))
        return response


class ImageApiView(PartnerApiView):
    """`/partner/v1/*`, for `sq_live_` and `sq_test_` keys."""

    environments = IMAGE_ENVIRONMENTS


def _rate_headers(admission: Admission) -> dict[str, str]:
    """Return `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10)."""
    if admission.minute is None or admission.day is None:
        return {}
    minute, day = admission.minute, admission.day
    return {
        "RateLimit-Policy": f'"minute";q={minute.limit};w=60, "day";q={day.limit};w=86400',
        "RateLimit": (
            f'"minute";r={minute.left};t={minute.reset}, "day";r={day.left};t={day.reset}'
        ),
    }
