"""The language of a page: its address decides, else the browser's cookie, else its settings.

Pages for everyone, such as the documentation, have an address in each language (`/hi/docs/`); the
English one has no prefix. Pages behind the sign-in have one address. Calls of the API never come
here: their messages are English.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import is_valid_path, translate_url
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
        _describe(response, language, request.path_info)
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
    prefix = f"/{request.LANGUAGE_CODE}"
    # The full path is escaped, and has the query.
    return f"{prefix}{request.get_full_path()}" if is_valid_path(prefix + request.path_info) else ""


def _describe(response: HttpResponseBase, language: str, path: str) -> None:
    """Name the language of a page, and tell caches what it depends on.

    Exports are the same in each language. Images are too, and caches keep one for all.
    """
    content_type = response.headers.get("Content-Type", "")
    if content_type.startswith("text/html"):
        response.headers.setdefault("Content-Language", language)
    is_image = content_type.startswith("image/")
    if not is_image and translation.get_language_from_path(path) is None:
        patch_vary_headers(response, ("Accept-Language", "Cookie"))


def remember_language(request: HttpRequest, language: str) -> None:
    """Have the response set the cookie."""
    request.language_to_remember = language  # type: ignore[attr-defined]


def address_in(language: str, page: str) -> str:
    """Return the address of a page, with its query, in a language; its own if it has only one.

    The page is looked up in the language that its own address is in: that of the request differs
    for someone who came to `/hi/docs/` with a browser in English.
    """
    current = translation.get_language_from_path(urlsplit(page).path)
    with translation.override(current or settings.LANGUAGE_CODE):
        return translate_url(page, language)
