"""The base of every view of the public API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from rest_framework.views import APIView

from accounts.models.key import IMAGE_ENVIRONMENTS, Environment
from accounts.services.authorization import Admission


class PartnerApiView(APIView):
    """Authenticates a caller by key, then hands over to the method's handler.

    What a view declares here, `accounts.endpoints` reads for key forms, logs and documentation.
    """

    #: The name by which the permissions of a key refer to it.
    endpoint: ClassVar[str]
    label: ClassVar[str]
    #: The kinds of key that open it.
    environments: ClassVar[Sequence[str]]
    #: The page of what a successful call made, by URL name, and what pages call it.
    result_page: ClassVar[str] = ""
    result_label: ClassVar[str] = ""
    #: A body with which anyone can try it, "" where it needs none, None where it needs an id.
    example: ClassVar[str | None] = None
    costs_points: ClassVar[bool] = False
    # The framework's OPTIONS describes an endpoint, which this API does not.
    http_method_names = [name for name in APIView.http_method_names if name != "options"]

    @property
    def default_response_headers(self) -> dict[str, str]:
        """None: the framework's `Allow` belongs to a 405, which brings its own."""
        return {}

    @property
    def admission(self) -> Admission:
        """Who calls, and what is left of the rate limits."""
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
    """`/api/v2/third-party/*`: the management key."""

    environments = (Environment.MANAGEMENT.value,)


class ImageApiView(PartnerApiView):
    """`/partner/v1/*`: `sq_live_` and `sq_test_` keys."""

    environments = IMAGE_ENVIRONMENTS


def _rate_headers(admission: Admission) -> dict[str, str]:
    """`RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10)."""
    if admission.minute is None or admission.day is None:
        return {}
    minute, day = admission.minute, admission.day
    return {
        "RateLimit-Policy": f'"minute";q={minute.limit};w=60, "day";q={day.limit};w=86400',
        "RateLimit": (
            f'"minute";r={minute.left};t={minute.reset}, "day";r={day.left};t={day.reset}'
        ),
    }
