"""Addresses of lists: short enough to be read and shared."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

View = Callable[..., HttpResponseBase]


def tidy_address(view: View) -> View:
    """Redirect to the address without empty values, which a form sends without JavaScript.

    With it, `lists.js` leaves them out.
    """

    @functools.wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        has_empty = any("" in values for _, values in request.GET.lists())
        if "HX-Request" in request.headers or not has_empty:
            return view(request, *args, **kwargs)
        query = request.GET.copy()
        for name, values in request.GET.lists():
            query.setlist(name, [value for value in values if value])
        return redirect(f"{request.path}?{query.urlencode()}".rstrip("?"))

    return page
