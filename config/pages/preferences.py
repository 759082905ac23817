"""What a browser remembers of how its user likes the pages: mode, colours, navigation, keyboard.

Cookies keep it, so that the server renders it at once, also without JavaScript and before sign-in.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from config.db.owned import sandbox_id

_MODE, _SCHEME, _NAVIGATION, _SHORTCUTS = "mode", "scheme", "navigation", "shortcuts"
#: What can be chosen by a form, beside the mode.
CHOICES = {
    _SCHEME: ("system", "light", "dark"),
    _NAVIGATION: ("wide", "narrow"),
    #: Of single keys, which speech input may press by mistake (WCAG 2.1.4).
    _SHORTCUTS: ("on", "off"),
}
_ONE_YEAR = 31_536_000


class Mode(StrEnum):
    """Whether pages show what live keys did or what test keys did."""

    LIVE = "live"
    TEST = "test"

    @property
    def is_test(self) -> bool:
        return self is Mode.TEST


class ModeMiddleware(MiddlewareMixin):
    """Set `request.mode`: `?mode=` decides and is remembered, else what was remembered last."""

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.GET.get(_MODE) or request.COOKIES.get(_MODE)
        request.mode = Mode.TEST if chosen == Mode.TEST else Mode.LIVE  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        chosen = request.GET.get(_MODE)
        if chosen in (Mode.LIVE, Mode.TEST) and chosen != request.COOKIES.get(_MODE):
            remember(response, _MODE, chosen)
        return response


def prefer_test(request: HttpRequest) -> None:
    """Show what test keys did, unless a mode was chosen: for a company without live access."""
    if not (request.GET.get(_MODE) or request.COOKIES.get(_MODE)):
        request.mode = Mode.TEST  # type: ignore[attr-defined]


def mode_of(request: HttpRequest) -> Mode:
    """Return the mode of this page; pages of money are always live."""
    return getattr(request, "mode", Mode.LIVE)


def owner_in_mode(request: Any) -> str:
    """Return whose rows the page shows where test rows belong to the partner's sandbox."""
    partner_id: str = request.partner.pk
    return sandbox_id(partner_id) if mode_of(request).is_test else partner_id


def remember(response: HttpResponseBase, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=_ONE_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def preferences(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the scheme, "" for the system's, whether the navigation is narrow, and
    whether single keys are shortcuts."""
    return preferences_of(request.COOKIES)


def preferences_of(cookies: dict[str, str]) -> dict[str, Any]:
    scheme = cookies.get(_SCHEME, "")
    return {
        "colour_scheme": scheme if scheme in ("light", "dark") else "",
        "is_narrow": cookies.get(_NAVIGATION) == "narrow",
        "has_shortcuts": cookies.get(_SHORTCUTS) != "off",
    }
