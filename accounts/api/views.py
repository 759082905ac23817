"""The base of every view of the public API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from rest_framework.views import APIView

from accounts.api.throttling import rate_headers
from accounts.models.key import IMAGE_ENVIRONMENTS, Environment
from accounts.services import authorization
from accounts.services.authorization import Admission, Caller


class PartnerApiView(APIView):
    """Admits a caller by key, then hands over to the method's handler.

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
        """The gate's answer to this request."""
        admission: Any = self.request.auth
        return cast(Admission, admission)

    def admit(self, request: Any, caller: Caller) -> Admission:
        """Asks the gate; overridden where the same round trip does more."""
        return authorization.admit(caller)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        admission = getattr(request._request, "admission", None)
        if admission is not None:
            for name, value in rate_headers(admission).items():
                response.headers[name] = value
        return response


class ManagementView(PartnerApiView):
    """`/api/v2/third-party/*`: the management key."""

    environments = (Environment.MANAGEMENT.value,)


class ImageApiView(PartnerApiView):
    """`/partner/v1/*`: `sq_live_` and `sq_test_` keys."""

    environments = IMAGE_ENVIRONMENTS
