"""Turns the key of a request into an `Admission`, or refuses the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.authentication import BaseAuthentication

from accounts import keys
from accounts.api import errors
from accounts.networks import client_address
from accounts.services.authorization import Admission, Caller, authorize


class KeyAuthentication(BaseAuthentication):
    """`x-api-key`, or else `Authorization: Bearer`; `request.auth` is the `Admission`.

    All checks of the caller in the documented order, its permission and rate limits included, are
    one database function: permission and throttle classes would have nothing left to decide.
    """

    def authenticate(self, request: Any) -> tuple[None, Admission]:
        return None, admit(request, authorize(read_caller(request)))

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


def read_caller(request: Any) -> Caller:
    """Who calls an endpoint; 401 where no key is given or it can't be one."""
    view = request.parser_context["view"]
    secret = _given_key(request.META)
    # A key with a wrong checksum was never issued: refused without a query.
    if not keys.is_well_formed(secret):
        raise errors.invalid_key()
    request._request.client_address = client_address(request)
    return Caller(
        secret_hash=keys.hash_key(secret),
        address=request._request.client_address,
        environments=view.environments,
        permission=view.endpoint,
    )


def admit(request: Any, admission: Admission) -> Admission:
    """Notes who calls, for rate headers and request log, and raises where the caller is denied."""
    request._request.admission = admission
    if admission.denied_by:
        raise errors.denied(admission)
    return admission


def _given_key(headers: Mapping[str, str]) -> str:
    secret = headers.get("HTTP_X_API_KEY", "").strip()
    if not secret:
        scheme, _, rest = headers.get("HTTP_AUTHORIZATION", "").partition(" ")
        secret = rest.strip() if scheme.lower() == "bearer" else ""
    if not secret:
        raise errors.key_required()
    return secret
