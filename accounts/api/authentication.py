"""Turns the key of a request into an `Admission`."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import BaseAuthentication

from accounts import keys
from accounts.error_codes import API_KEY_REQUIRED
from accounts.networks import client_address
from accounts.services.authorization import Admission, Caller, invalid_key
from config.api.errors import ApiError

#: Stages that DRF asks for later, in its permission and throttle checks.
_LATER = ("network", "permission", "minute", "day")


class KeyAuthentication(BaseAuthentication):
    """`x-api-key`, or else `Authorization: Bearer` (API docs, "Authentication").

    `request.auth` is the `Admission`. The view does the admitting, so that one that charges for
    a call can do both in one round trip.
    """

    def authenticate(self, request: Any) -> tuple[None, Admission]:
        view = request.parser_context["view"]
        secret = given_key(request)
        # A key with a wrong checksum was never issued: refused without a query.
        if not keys.is_well_formed(secret):
            raise invalid_key()
        request._request.client_address = client_address(request)
        caller = Caller(
            secret_hash=keys.hash_key(secret),
            address=request._request.client_address,
            environments=view.environments,
            permission=view.endpoint,
        )
        admission = view.admit(request, caller)
        request._request.admission = admission
        if admission.stage not in _LATER and (refusal := admission.refusal()):
            raise refusal
        return None, admission

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


def given_key(request: Any) -> str:
    """The key as sent; 401 where there is none."""
    headers = request.META
    secret: str = headers.get("HTTP_X_API_KEY", "").strip()
    if not secret:
        scheme, _, rest = headers.get("HTTP_AUTHORIZATION", "").partition(" ")
        secret = rest.strip() if scheme.lower() == "bearer" else ""
    if not secret:
        raise ApiError(
            401, "API key required. Provide via X-API-Key header.", code=API_KEY_REQUIRED
        )
    return secret
