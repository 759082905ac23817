"""Authentication of API calls: from the key of a request to an `Admission`, or an error."""

from __future__ import annotations

from typing import Any

from rest_framework.authentication import BaseAuthentication

from accounts import keys
from accounts.api import errors
from accounts.services.authorization import Admission, Caller, authorize


class KeyAuthentication(BaseAuthentication):
    """Authenticate by `x-api-key`, else `Authorization: Bearer`; `request.auth` is the `Admission`.

    One database function makes all checks in the documented order, permission and rate limits
    included, so permission and throttle classes would have nothing left to decide.
    """

    def authenticate(self, request: Any) -> tuple[None, Admission]:
        return None, admit(request, authorize(read_caller(request)))

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


def read_caller(request: Any) -> Caller:
    """Read key and address from the request; 401 if the key is missing or malformed."""
    view = request.parser_context["view"]
    secret = keys.read_key(request.META)
    if not secret:
        raise errors.key_required()
    # A key with a wrong checksum was never issued; rejecting it needs no query.
    if not keys.is_well_formed(secret):
        raise errors.invalid_key()
    caller = Caller(
        secret_hash=keys.hash_key(secret),
        address=request._request.client_address,
        environments=view.environments,
        endpoint=view.endpoint,
        needs_permission=view.needs_permission,
    )
    request._request.caller = caller
    return caller


def admit(request: Any, admission: Admission) -> Admission:
    """Attach the admission to the request, for rate headers and request log; raise if denied."""
    request._request.admission = admission
    if admission.denied_by:
        raise errors.denied(admission)
    return admission
