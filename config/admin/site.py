"""The admin site; it uses the dashboard's sign-in with its lockout."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required, secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from config.admin.attention import Severity, read_needs
from config.admin.navigation import read_navigation
from config.admin.pages import page_urls


class StaffSite(admin.AdminSite):
    """Admits staff; in production only with two-factor authentication.

    Their sessions end sooner than those of members: see `accounts.sign_in.middleware`.
    """

    # The navigation is in `templates/admin/base_site.html`.
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not _lacks_second_factor(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return secure_admin_login(_enter)(request)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Ask for the password again before a change, 15 minutes after the last time."""
        return super().admin_view(_without_nul(_before_changes(view)), cacheable)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Use the dashboard's page, which limits attempts and emails the change."""
        return redirect("account_change_password")

    password_change_done = password_change

    def get_urls(self) -> list[Any]:
        return [*page_urls(self), *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return it for the page of an app alone; every other page has `navigation`."""
        return super().get_app_list(request, app_label) if app_label else []

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        is_kept = settings.EMAIL_DELIVERY_BACKEND == "config.mail.file_backend.FolderBackend"
        is_shown = is_kept and request.user.has_perm("email.read_saved_mail")
        return {
            **super().each_context(request),
            "is_mail_kept": is_shown,
            "navigation": read_navigation(request),
            "index_address": reverse("admin:index"),
        }

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        needs = read_needs(request)
        context = {
            "title": "Home",
            "needs": [need for need in needs if need.severity != Severity.GOOD],
            "healthy": [need for need in needs if need.severity == Severity.GOOD],
        }
        return super().index(request, {**context, **(extra_context or {})})


def _without_nul(view: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a view whose address may name a row by an id that the database cannot hold."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "\x00" in request.path_info:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _before_changes(view: Callable[..., Any]) -> Callable[..., Any]:
    checked = reauthentication_required(view)
    is_harmless = getattr(view, "changes_nothing", False)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        is_read = request.method in ("GET", "HEAD", "OPTIONS") or is_harmless
        return (view if is_read else checked)(request, *args, **kwargs)

    return guarded


def _enter(request: HttpRequest) -> HttpResponse:
    """Redirect signed-in staff to the page they asked for, or to two-factor set-up."""
    if _lacks_second_factor(request):
        messages.warning(request, "Set up two-factor authentication to open the administration.")
        return redirect("mfa_index")
    target = request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()})
    return redirect(target if is_ours else "admin:index")


def _lacks_second_factor(request: HttpRequest) -> bool:
    return settings.STAFF_REQUIRE_SECOND_FACTOR and not is_mfa_enabled(request.user)
