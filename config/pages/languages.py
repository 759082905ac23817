"""The language of a page: its address decides, else the browser's cookie, else its settings.

Pages for everyone, such as the documentation, have an address in each language (`/hi/docs/`); the
English one has no prefix. Pages behind the sign-in have one address. Calls of the API never come
here: their messages are English.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import is_valid_path
from django.utils import translation
from django.utils.cache import patch_vary_headers

from config.pages.preferences import remember

COOKIE = settings.LANGUAGE_COOKIE_NAME


class LanguageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = _language_of(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response: HttpResponseBase = self.get_response(request)
            if response.status_code == 404 and (address := _translated_address(request)):
                response = HttpResponseRedirect(address)
        if translation.get_language_from_path(request.path_info) is None:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", language)
        if chosen := getattr(request, "language_to_remember", ""):
            remember(response, COOKIE, chosen)
        return response


def _language_of(request: HttpRequest) -> str:
    """Staff pages are English: what staff write and read about partners is, too."""
    if request.path_info.startswith("/admin/"):
        return settings.LANGUAGE_CODE
    return translation.get_language_from_request(request, check_path=True)


def _translated_address(request: HttpRequest) -> str:
    """Return the address in the request's language of a page that has one in each, else ""."""
    if translation.get_language_from_path(request.path_info):
        return ""
    path = f"/{request.LANGUAGE_CODE}{request.path_info}"
    return request.get_full_path().replace(request.path_info, path, 1) if is_valid_path(path) else ""


def remember_language(request: HttpRequest, language: str) -> None:
    """Have the response set the cookie."""
    request.language_to_remember = language  # type: ignore[attr-defined]
