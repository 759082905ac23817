"""The middleware of the compared views."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from rest_framework.response import Response

from config.api.chain import GetResponse, build_chain, call_view

#: What `django-admin startproject` writes.
STARTPROJECT = (
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)


class ComparisonMiddleware:
    """Route calls of the peer through Django's default middleware, those of the floor through none,
    and all others on."""

    def __init__(self, get_response: GetResponse) -> None:
        self._chains = {
            "/benchmark/floor": build_chain((), _call_and_render),
            "/benchmark/peer": build_chain(STARTPROJECT, _call_and_render),
        }
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        prefix = request.path_info.partition("-")[0]
        return self._chains.get(prefix, self._get_response)(request)


def _call_and_render(request: HttpRequest) -> Any:
    response: Any = call_view(request)
    if isinstance(response, Response):
        response.render()
    # Without the middleware that adds it, the server would send the response in chunks.
    response.headers["Content-Length"] = str(len(response.content))
    return response
