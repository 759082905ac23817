"""Middleware for pages; calls of the API have a chain of their own, `API_MIDDLEWARE`."""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.deprecation import MiddlewareMixin


class PageSessionMiddleware(SessionMiddleware):
    """`request.session`; what a browser with a session is shown stays in no cache, where whoever
    comes after its sign-out would find it."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> Any:
        # By the cookie: asking for the user would need a database, which may be away.
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return super().process_response(request, response)


class PageRedirectMiddleware(MiddlewareMixin):
    """Leads the whole page where htmx, asking for a part of it, is redirected, as to sign in: the
    browser would follow unseen, and what stands in the page be replaced by nothing."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if "HX-Request" in request.headers and "Location" in response.headers:
            response.headers["HX-Redirect"] = response.headers["Location"]
            del response.headers["Location"]
            response.status_code = 200
        return response


class PageMethodMiddleware(MiddlewareMixin):
    """A page where Django answers a wrong method with nothing, as to a reload of what was sent."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if response.status_code == 405 and not response.streaming and not response.content:
            context = {
                "status": 405,
                "title": "Nothing to see at this address",
                "explanation": "It takes forms only. Go back to the page that you came from.",
                "request_id": getattr(request, "request_id", None),
            }
            response.content = render_to_string("error.html", context)
        return response


class PageTimeZoneMiddleware(MiddlewareMixin):
    """Shows times in the zone that the person chose, else in the one that the browser told; the
    administration keeps to UTC, as its foot says, so that staff anywhere read the same."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith("/admin/"):
            return
        name = getattr(request.user, "time_zone", "") or request.COOKIES.get("timezone", "")
        if name in _zone_names():
            timezone.activate(name)

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        # The thread goes on to somebody else's request.
        timezone.deactivate()
        return response


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
