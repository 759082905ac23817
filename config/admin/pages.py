"""Staff pages that are no list or form of a model: each app registers its own in `admin/`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path

from config.admin.sections import Section

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class StaffPage:
    """`name` is the URL's in the namespace `admin`; `route` is relative to `/admin/`."""

    title: str
    name: str
    route: str
    permission: str
    section: Section
    is_in_navigation: bool
    view: View


_pages: dict[str, StaffPage] = {}


def staff_page(
    *,
    title: str,
    name: str,
    route: str,
    permission: str,
    section: Section,
    is_in_navigation: bool = True,
) -> Callable[[View], View]:
    """Register a view as a page of the admin; it returns 403 without the permission.

    An empty permission admits all staff. A page whose route has parameters is not in the
    navigation.
    """

    def register(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if permission and not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        in_navigation = is_in_navigation and "<" not in route
        _pages[name] = StaffPage(title, name, route, permission, section, in_navigation, guarded)
        return guarded

    return register


def changes_nothing(view: View) -> View:
    """Mark a view whose POST only reads: it does not ask for the password again."""
    view.changes_nothing = True  # type: ignore[attr-defined]
    return view


def registered_pages() -> tuple[StaffPage, ...]:
    return tuple(_pages.values())


def page_urls(site: admin.AdminSite) -> list[URLPattern]:
    return [
        path(page.route, site.admin_view(page.view), name=page.name) for page in _pages.values()
    ]


def render_page(
    request: HttpRequest, template: str, *, title: str, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a template that extends `admin/base_site.html`."""
    shared = admin.site.each_context(request)
    return render(request, template, {**shared, "title": title, **context}, status=status)
