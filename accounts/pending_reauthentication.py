"""Forms that wait for the password: allauth sends them on once it was given again."""

from __future__ import annotations

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin


class PendingReauthenticationMiddleware(MiddlewareMixin):
    """Only the form that was asked for last waits.

    Allauth keeps an earlier one when it asks for a page: whoever thought better of removing a
    member, and later only looked at that page, would remove the member by giving the password.
    """

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, ReauthenticationRequired):
            clear_pending_request(request)


def clear_pending_request(request: HttpRequest) -> None:
    """What waits for the password is not sent on any more."""
    request.session.pop(STATE_SESSION_KEY, None)
