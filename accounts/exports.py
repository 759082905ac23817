"""A limit on files that are made at each download."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext

from accounts.sign_in.allauth import consume_export
from config.pages.errors import error_page

_SECONDS = 60


def limited_export(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a user download ten files a minute: one can take half a minute of computing.

    The rate is `export` in `ACCOUNT_RATE_LIMITS`.
    """

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if consume_export(request):
            return view(request, *args, **kwargs)
        response = error_page(
            request,
            429,
            gettext("Too many downloads"),
            gettext("You can download ten files a minute. Wait a minute, then try again."),
        )
        response.headers["Retry-After"] = str(_SECONDS)
        return response

    limited.is_limited_export = True  # type: ignore[attr-defined]
    return limited
