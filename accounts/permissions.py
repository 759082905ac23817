"""Who looks at a page of the dashboard, and what the place in the partner allows."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any, cast

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Member, Partner, User
from accounts.pending_reauthentication import clear_pending_request

#: Which of several partners a person looks at, in the session.
_CHOSEN_PARTNER = "partner"
#: The newest of them are offered to switch to.
_MOST_OFFERED = 20


class Permission(StrEnum):
    """What a page or a deed asks of the member."""

    SEE = "see"
    """Balance, usage, packages, the list of keys: everybody."""
    SEE_CALLS = "see calls"
    """Logs, images, merchants, deployments, webhooks: what merchants' data is in."""
    OPERATE = "operate"
    """Resend webhooks, revoke auto-login links."""
    MANAGE_TEST_KEYS = "manage test keys"
    MANAGE_KEYS = "manage keys"
    """Live and management keys too."""
    BUY = "buy"
    """Purchases, invoices, billing details, alerts."""
    SEE_AUDIT = "see audit"
    MANAGE_TEAM = "manage team"
    """Members, invitations, the rule of a second factor, the partner's name."""


_VIEWER = frozenset({Permission.SEE})
_DEVELOPER = _VIEWER | {Permission.SEE_CALLS, Permission.OPERATE, Permission.MANAGE_TEST_KEYS}
_ADMIN = _DEVELOPER | {Permission.MANAGE_KEYS, Permission.BUY, Permission.SEE_AUDIT}
ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Member.Role.VIEWER: _VIEWER,
    Member.Role.DEVELOPER: _DEVELOPER,
    Member.Role.ADMIN: _ADMIN,
    Member.Role.OWNER: frozenset(Permission),
}


class PartnerRequest(HttpRequest):
    """A request by a member of a partner; `partner_view` makes it so."""

    user: User
    member: Member
    partner: Partner

    may: Callable[[Permission], bool]


View = Callable[..., HttpResponseBase]


def partner_view(
    right: Permission = Permission.SEE,
    *,
    methods: tuple[str, ...] = ("GET", "HEAD"),
    fresh: bool = False,
) -> Callable[[View], View]:
    """A view for members that have `right`, called with a `PartnerRequest`; kept in no cache.

    `fresh` asks for the password or passkey again when that was longer ago than
    `ACCOUNT_REAUTHENTICATION_TIMEOUT` seconds; a form that was sent meanwhile is kept and sent on.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        @never_cache
        @require_http_methods(list(methods))
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(_way_back(request, methods))
            member = find_member(request)
            if member is None:
                return _no_partner(request)
            _attach_member(request, member)
            if _partner_changed(request, member) and request.method not in ("GET", "HEAD"):
                messages.warning(request, f"Nothing was changed. You look at {member.partner} now.")
                return redirect("dashboard")
            if right not in ROLE_PERMISSIONS[member.role]:
                raise PermissionDenied
            if member.partner.requires_second_factor and not is_mfa_enabled(request.user):
                return redirect("mfa_index")
            if fresh:
                require_recent_sign_in(request)
            return view(request, *args, **kwargs)

        page.right = right  # type: ignore[attr-defined]
        page.methods = methods  # type: ignore[attr-defined]
        page.fresh = fresh  # type: ignore[attr-defined]
        return page

    return decorate


def _way_back(request: HttpRequest, methods: tuple[str, ...]) -> str:
    """Where to go after signing in: an address that takes forms only opens nothing, so to the page
    that the form stood on."""
    if "GET" in methods:
        return request.get_full_path()
    page, ours = request.headers.get("Referer", ""), request.build_absolute_uri("/")
    return f"/{page.removeprefix(ours)}" if page.startswith(ours) else resolve_url("dashboard")


def find_member(request: HttpRequest) -> Member | None:
    """The member that the person acts as: of the partner chosen last, else of the newest."""
    assert request.user.is_authenticated
    memberships = Member.objects.filter(user=request.user).select_related("partner")
    newest = list(memberships.order_by("-created_at", "-pk")[:_MOST_OFFERED])
    chosen = request.session.get(_CHOSEN_PARTNER)
    member = next((member for member in newest if member.partner_id == chosen), None)
    if member is None and len(newest) == _MOST_OFFERED:
        member = memberships.filter(partner=chosen).first()
    if newest:
        request.memberships = newest  # type: ignore[attr-defined]
    return member or next(iter(newest), None)


def switch_partner(request: HttpRequest, partner_id: str) -> None:
    """Shows this one of the person's partners from here on.

    Forms on pages of another one, in other tabs too, are refused by their token: sent now, they
    would act for this one.
    """
    request.session[_CHOSEN_PARTNER] = partner_id
    clear_pending_request(request)
    rotate_token(request)


def _partner_changed(request: HttpRequest, member: Member) -> bool:
    """Whether the session knew another partner, or none of several; from here on it knows this.

    A form sent by somebody who left a partner, or joined one in another browser, was not meant
    for the one that is shown instead.
    """
    known, several = request.session.get(_CHOSEN_PARTNER), getattr(request, "memberships", ())
    if known == member.partner_id or (known is None and len(several) == 1):
        return False
    switch_partner(request, member.partner_id)
    return True


def require_recent_sign_in(request: HttpRequest) -> None:
    """Raises `ReauthenticationRequired`, which the middleware turns into the form that asks."""
    if not signed_in_recently(request):
        raise ReauthenticationRequired


def signed_in_recently(request: HttpRequest) -> bool:
    """Whether the person signed in, or said who it is again, within the time that counts."""
    records = get_authentication_records(request, cast(User, request.user))
    latest = max((record["at"] for record in records), default=0.0)
    return time.time() - latest <= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def partner_context(request: HttpRequest) -> dict[str, Any]:
    """Context of the shell: `partner`, `member`, `memberships`, and `may.<right>`."""
    member: Member | None = getattr(request, "member", None)
    if member is None and _is_about_the_person(request):
        member = find_member(request)
    if member is None:
        return {}
    return {
        "partner": member.partner,
        "member": member,
        "memberships": getattr(request, "memberships", [member]),
        "may": {right.name.lower(): right in ROLE_PERMISSIONS[member.role] for right in Permission},
    }


def _is_about_the_person(request: HttpRequest) -> bool:
    """Pages of one's own login, which stand in the shell without asking for a partner."""
    match, user = request.resolver_match, getattr(request, "user", None)
    name = (match and match.url_name) or ""
    is_own = name == "security" or name.startswith(("account_", "mfa_", "usersessions_"))
    return is_own and user is not None and user.is_authenticated


def _attach_member(request: HttpRequest, member: Member) -> None:
    known = cast(PartnerRequest, request)
    known.member = member
    known.partner = member.partner
    known.may = ROLE_PERMISSIONS[member.role].__contains__


def _no_partner(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboard/no_partner.html")
