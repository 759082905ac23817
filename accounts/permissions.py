"""The decorator that enforces the permissions of members on dashboard views."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Member, Partner, User
from accounts.roles import ROLE_PERMISSIONS, Permission, RoleRequired
from accounts.services.locks import acting_as
from accounts.sign_in.logins import clear_pending_request, signed_in_recently
from accounts.viewing import viewing_member, viewing_of
from config.pages.kept_forms import discard_form, keep_form
from config.pages.preferences import Mode, prefer_test

__all__ = [
    "ROLE_PERMISSIONS",
    "PartnerRequest",
    "Permission",
    "RoleRequired",
    "View",
    "attach_member",
    "find_member",
    "partner_context",
    "partner_view",
    "require_recent_sign_in",
    "sign_in_again",
    "switch_partner",
]

#: Session key of the partner that the user is viewing.
_CHOSEN_PARTNER = "partner"
#: The menu offers this many memberships to switch to, the newest.
_MAX_SWITCH_TARGETS = 20


class PartnerRequest(HttpRequest):
    """A request as `partner_view` passes it to a view."""

    user: User
    member: Member
    partner: Partner
    can: Callable[[Permission], bool]
    mode: Mode


View = Callable[..., HttpResponseBase]


def partner_view(
    permission: Permission = Permission.SEE,
    *,
    methods: tuple[str, ...] = ("GET", "HEAD"),
    reauthenticate: bool = False,
    is_live_only: bool = False,
) -> Callable[[View], View]:
    """Require a member with `permission`; the view gets a `PartnerRequest` and is never cached.

    `reauthenticate` asks for the password or passkey again after `ACCOUNT_REAUTHENTICATION_TIMEOUT`
    seconds; the submitted form is kept and processed afterwards. `is_live_only` is for pages about
    money: they are the same in test mode.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        @never_cache
        @require_http_methods(list(methods))
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in(request, methods)
            member = _viewing_or_own(request)
            if member is None:
                return render(request, "dashboard/no_partner.html")
            if is_live_only:
                request.mode, request.is_live_only = Mode.LIVE, True  # type: ignore[attr-defined]
            elif member.partner.live_approved_at is None:
                prefer_test(request)
            if elsewhere := _elsewhere(request, member, permission):
                return elsewhere
            if reauthenticate and viewing_of(request) is None:
                require_recent_sign_in(request)
            with acting_as(member):
                response = view(request, *args, **kwargs)
            discard_form(request, response)
            return response

        page.permission = permission  # type: ignore[attr-defined]
        page.is_live_only = is_live_only  # type: ignore[attr-defined]
        page.methods = methods  # type: ignore[attr-defined]
        page.reauthenticate = reauthenticate  # type: ignore[attr-defined]
        return page

    return decorate


def _viewing_or_own(request: HttpRequest) -> Member | None:
    """Return as whom the request is made, and attach the member to it."""
    viewing = viewing_of(request)
    member = viewing_member(viewing) if viewing else find_member(request)
    if member:
        _attach_member(request, member)
    return member


def _elsewhere(
    request: HttpRequest, member: Member, permission: Permission
) -> HttpResponseBase | None:
    """Return where a member has to go instead. Raises `RoleRequired`."""
    is_other = viewing_of(request) is None and _partner_changed(request, member)
    if is_other and request.method not in ("GET", "HEAD"):
        text = gettext("Nothing was changed. You are now viewing %(company)s.")
        messages.warning(request, text % {"company": member.partner})
        return redirect("dashboard")
    if permission not in ROLE_PERMISSIONS[member.role]:
        raise RoleRequired(permission, member)
    if member.partner.requires_second_factor and not is_mfa_enabled(request.user):
        return redirect("mfa_index")
    return None


def sign_in_again(request: HttpRequest) -> HttpResponseBase | None:
    """Answer a form of a partner's page whose cookies have all ended, and with them its token."""
    view: Any = getattr(request.resolver_match, "func", None)
    if request.user.is_authenticated or not hasattr(view, "permission"):
        return None
    return _sign_in(request, view.methods)


def _sign_in(request: HttpRequest, methods: tuple[str, ...]) -> HttpResponseBase:
    """Send to the sign-in, which says why if there was a session."""
    response = redirect_to_login(_return_url(request, methods))
    if keep_form(request, response):
        text = gettext("Your session has ended. Sign in to return to your form.")
        messages.info(request, text)
    elif request.method == "POST" or settings.SESSION_COOKIE_NAME in request.COOKIES:
        messages.info(request, gettext("Your session has ended. Sign in to continue."))
    return response


def _return_url(request: HttpRequest, methods: tuple[str, ...]) -> str:
    """Return where to go after signing in: for a URL that only accepts POST, the page with the
    form."""
    if "GET" in methods:
        return request.get_full_path()
    page, ours = request.headers.get("Referer", ""), request.build_absolute_uri("/")
    return f"/{page.removeprefix(ours)}" if page.startswith(ours) else resolve_url("dashboard")


def find_member(request: HttpRequest) -> Member | None:
    """Return the membership of the partner chosen last, else the newest one."""
    assert request.user.is_authenticated
    memberships = Member.objects.of_all().filter(user=request.user).select_related("partner")
    newest = list(memberships.order_by("-created_at", "-pk")[:_MAX_SWITCH_TARGETS])
    chosen = request.session.get(_CHOSEN_PARTNER)
    member = next((member for member in newest if member.partner_id == chosen), None)
    if member is None and len(newest) == _MAX_SWITCH_TARGETS:
        member = memberships.filter(partner=chosen).first()
    if newest:
        request.memberships = newest  # type: ignore[attr-defined]
    return member or next(iter(newest), None)


def switch_partner(request: HttpRequest, partner_id: str) -> None:
    """Make `partner_id` the current partner.

    Rotating the CSRF token invalidates open forms of the previous partner, in other tabs too, which
    would now change this one.
    """
    request.session[_CHOSEN_PARTNER] = partner_id
    clear_pending_request(request)
    rotate_token(request)


def _partner_changed(request: HttpRequest, member: Member) -> bool:
    """Store the current partner in the session; return whether it replaced another.

    A form submitted after leaving a partner, or after joining one in another browser, was not meant
    for the partner that is now current.
    """
    known, several = request.session.get(_CHOSEN_PARTNER), getattr(request, "memberships", ())
    if known == member.partner_id or (known is None and len(several) == 1):
        return False
    switch_partner(request, member.partner_id)
    return True


def require_recent_sign_in(request: HttpRequest) -> None:
    """Raise `ReauthenticationRequired`, which allauth turns into the reauthentication form."""
    if not signed_in_recently(request):
        raise ReauthenticationRequired


def partner_context(request: HttpRequest) -> dict[str, Any]:
    """Provide the navigation with `partner`, `member`, `memberships` and `can.<permission>`."""
    member: Member | None = getattr(request, "member", None)
    if member is None and _is_personal_page(request):
        member = find_member(request)
    if member is None:
        return {}
    timezone.activate(member.partner.time_zone)
    return {
        "partner": member.partner,
        "member": member,
        "memberships": getattr(request, "memberships", [member]),
        "viewing": viewing_of(request),
        "is_live_only": getattr(request, "is_live_only", False),
        "can": {name.name.lower(): name in ROLE_PERMISSIONS[member.role] for name in Permission},
    }


def _is_personal_page(request: HttpRequest) -> bool:
    """Return whether this is a page about the user's own login, which needs no partner."""
    match, user = request.resolver_match, getattr(request, "user", None)
    name = (match and match.url_name) or ""
    is_own = name.startswith(("security", "account_", "mfa_", "usersessions_"))
    return is_own and user is not None and user.is_authenticated


def attach_member(request: HttpRequest) -> bool:
    """Find the membership for a page that is no `partner_view`, such as an error."""
    if not hasattr(request, "member"):
        user = getattr(request, "user", None)
        member = find_member(request) if user and user.is_authenticated else None
        if member is None:
            return False
        _attach_member(request, member)
    return True


def _attach_member(request: HttpRequest, member: Member) -> None:
    known = cast(PartnerRequest, request)
    timezone.activate(member.partner.time_zone)
    known.member = member
    known.partner = member.partner
    known.can = ROLE_PERMISSIONS[member.role].__contains__
