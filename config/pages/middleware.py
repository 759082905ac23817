"""Middleware for pages; calls of the API have a chain of their own, `API_MIDDLEWARE`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext

from config.api.middleware import read_chunked_body
from config.pages.errors import error_page

#: Forms are far smaller; no page takes a file.
MAX_BODY_BYTES = 1024 * 1024


class PageBodyMiddleware(MiddlewareMixin):
    """Reject uploads and bodies over 1 MB before anything reads them: the CSRF check would write a
    file of any size to the temporary folder."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if not has_refused_body(request):
            try:
                read_chunked_body(request, MAX_BODY_BYTES)
            except Exception:  # noqa: BLE001 - whatever went wrong, the body is unusable
                text = gettext("We could not read what your browser sent.")
                return error_page(request, 400, gettext("Bad request"), text)
        if has_refused_body(request):
            text = gettext("This address accepts up to 1 MB of text, and no files.")
            return error_page(request, 413, gettext("Too large"), text)
        return None


def has_refused_body(request: HttpRequest) -> bool:
    """Return whether the headers announce a file, or more than `MAX_BODY_BYTES`."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    is_long = not length.isdecimal() or len(length) > 12 or int(length) > MAX_BODY_BYTES
    return is_long or (request.content_type or "").startswith("multipart/")


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
            text = gettext("This address only accepts forms. Go back and try again.")
            page = error_page(request, 405, gettext("Method not allowed"), text)
            response.content = page.content
        return response


class PageTimeZoneMiddleware(MiddlewareMixin):
    """Deactivate the time zone of the company whose page it was: the admin stays in UTC, so that
    all staff see the same times."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        # The thread handles other users' requests next.
        timezone.deactivate()
        return response
