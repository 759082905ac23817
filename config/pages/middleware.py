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
    """Also keep signed-in pages out of caches, where the next user of the machine could find them
    after sign-out."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> Any:
        # By the cookie: loading the user needs the database, which may be unavailable.
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return super().process_response(request, response)


class PageRedirectMiddleware(MiddlewareMixin):
    """Redirect the whole page if htmx requested a part of it, for example to sign in; otherwise the
    browser would follow silently and insert the other page."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if "HX-Request" in request.headers and "Location" in response.headers:
            response.headers["HX-Redirect"] = response.headers["Location"]
            del response.headers["Location"]
            response.status_code = 200
        return response


class PageMethodMiddleware(MiddlewareMixin):
    """Render an error page for a wrong method, such as a reload of a POST, where Django sends no
    body."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if response.status_code == 405 and not response.streaming and not response.content:
            context = {
                "status": 405,
                "title": "Method not allowed",
                "explanation": "This address only accepts forms. Go back and try again.",
                "request_id": getattr(request, "request_id", None),
            }
            response.content = render_to_string("error.html", context)
        return response


class PageTimeZoneMiddleware(MiddlewareMixin):
    """Activate the user's time zone, else the browser's; the admin stays in UTC, so that all staff
    see the same times."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith("/admin/"):
            return
        name = getattr(request.user, "time_zone", "") or request.COOKIES.get("timezone", "")
        if name in _zone_names():
            timezone.activate(name)

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        # The thread handles other users' requests next.
        timezone.deactivate()
        return response


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
