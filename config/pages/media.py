"""Images of the local storage; an unguessable name is their only protection."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve

from config.api.chain import call_view

_NAME = re.compile(
    r"partners/[0-9a-f]{24}/"
    r"(?:(?:generated|enhanced)/[0-9a-f-]{36}\.png|thumbnails/[0-9a-f-]{36}\.webp)\Z"
)
#: Browsers style their own view of an image.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


class MediaMiddleware:
    """Answer before sessions, which cost three queries, and compression, which makes images larger:
    a page can have dozens of pictures. What is refused goes on to the page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_read = request.method in ("GET", "HEAD")
        if not (is_read and request.path_info.startswith(settings.MEDIA_URL)):
            return self.get_response(request)
        try:
            return call_view(request)
        except Http404:
            return self.get_response(request)


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    if settings.IMAGE_STORAGE != "local" or not _NAME.match(name):
        raise Http404
    response: HttpResponseBase = serve(request, name, document_root=settings.MEDIA_ROOT)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = _POLICY
    # Partners show these images on pages of their own.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
