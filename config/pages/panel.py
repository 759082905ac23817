"""The frame of a page: whole, or beside its list."""

from __future__ import annotations

from django.http import HttpRequest

#: The id of the element beside a list.
_PANEL = "detail"


def frame(request: HttpRequest) -> dict[str, str]:
    """Return the template that pages of single rows extend."""
    is_beside = request.headers.get("HX-Target") == _PANEL
    return {"frame": "panel.html" if is_beside else "shell.html"}
