"""Listing, showing, editing and revoking API keys."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from accounts.call_charts import read_key_charts
from accounts.forms.keys import EditKeyForm, RevokeForm
from accounts.key_advice import read_advice_on
from accounts.key_requests import read_recent_requests
from accounts.models import ApiKey, Environment, Partner
from accounts.models.key import IMAGE_ENVIRONMENTS, TEST_ENVIRONMENTS
from accounts.permissions import (
    PartnerRequest,
    Permission,
    View,
    partner_view,
    require_recent_sign_in,
)
from accounts.rate_use import read_rate_use
from accounts.services.key_rules import (
    MAX_ACTIVE_MANAGEMENT_TEST_KEYS,
    KeyInactive,
    KeyRuleError,
)
from accounts.services.keys import KeySlots, edit_key, revoke_key
from config.pages.kept_forms import refill
from config.pages.pagination import paginate

FORM_METHODS = ("GET", "HEAD", "POST")


def permission_to_change(environment: str) -> Permission:
    """Return the permission needed to create, change or revoke keys of this environment."""
    return (
        Permission.MANAGE_TEST_KEYS if environment in TEST_ENVIRONMENTS else Permission.MANAGE_KEYS
    )


def find_key(request: PartnerRequest, key_id: str) -> ApiKey:
    """Raise 404 for keys of other partners."""
    keys = request.partner.api_keys.select_related("partner", "replaces", "replaced_by", "use")
    return get_object_or_404(keys, pk=key_id)


def key_page(*, reauthenticate: bool = False) -> Callable[[View], View]:
    """Decorate a page that changes an active key; the view gets the key in place of its id.

    Members who may not change it get 403. Live and management keys need a recent sign-in; with
    `reauthenticate`, test keys do, too.
    """

    def decorate(view: View) -> View:
        @partner_view(
            Permission.MANAGE_TEST_KEYS, methods=FORM_METHODS, reauthenticate=reauthenticate
        )
        @functools.wraps(view)
        def page(request: PartnerRequest, key_id: str, **parts: Any) -> Any:
            key = find_key(request, key_id)
            if not request.can(permission_to_change(key.environment)):
                raise PermissionDenied
            if key.environment not in TEST_ENVIRONMENTS:
                require_recent_sign_in(request)
            if not key.is_active:
                return redirect_to_key(request, key, KeyInactive())
            return view(request, key, **parts)

        return page

    return decorate


def redirect_to_key(request: PartnerRequest, key: ApiKey, error: KeyRuleError) -> HttpResponse:
    """Redirect to the page of a key that has changed since the form was loaded."""
    messages.warning(request, str(error))
    return redirect("key", key.id)


@partner_view(Permission.SEE)
def list_keys(request: PartnerRequest) -> HttpResponse:
    """List all active keys, and the inactive ones in pages."""
    keys = request.partner.api_keys.select_related("replaced_by", "use").with_whitelist_size()
    active = list(keys.active().order_by("-created_at", "-pk"))
    inactive = paginate(keys.inactive(), request.GET, sorts={"newest": "-created_at"})
    _chart_calls(request.partner, [*active, *inactive])
    images = [key for key in active if key.environment in IMAGE_ENVIRONMENTS]
    tests = [key for key in active if key.environment == Environment.MANAGEMENT_TEST]
    context = {
        "images": images,
        "management": [key for key in active if key.environment == Environment.MANAGEMENT],
        "management_test": tests,
        "slots": KeySlots.of(images),
        "test_slots": KeySlots.of(tests, MAX_ACTIVE_MANAGEMENT_TEST_KEYS),
        "has_rolled": any(key.was_rolled for key in images),
        "page": inactive,
    }
    return render(request, "keys/list.html", context)


@partner_view(Permission.SEE)
def show_key(request: PartnerRequest, key_id: str) -> HttpResponse:
    """Show a key; htmx asks for the use of its limits alone, again and again."""
    key = find_key(request, key_id)
    context: dict[str, Any] = {"key": key, "rates": read_rate_use(key) if key.is_active else []}
    if request.headers.get("HX-Target") == "use":
        return render(request, "keys/use.html", context)
    _chart_calls(request.partner, [key])
    context |= {
        "networks": key.allowed_networks.order_by("network"),
        "can_change": key.is_active and request.can(permission_to_change(key.environment)),
    }
    if request.can(Permission.SEE_CALLS):
        context |= {"advice": read_advice_on(key), "recent": read_recent_requests(key)}
    return render(request, "keys/key.html", context)


@key_page()
def edit(request: PartnerRequest, key: ApiKey) -> HttpResponse:
    form = EditKeyForm(request.POST if request.method == "POST" else None, key=key)
    refill(request, form)
    if form.is_valid():
        try:
            edit_key(key=key, actor=request.user.email, **form.settings())
        except KeyRuleError as error:
            return redirect_to_key(request, key, error)
        text = gettext("Changes saved. They take effect on the next request.")
        messages.success(request, text)
        return redirect("key", key.id)
    return render(request, "keys/edit.html", {"key": key, "form": form})


@key_page(reauthenticate=True)
def revoke(request: PartnerRequest, key: ApiKey) -> HttpResponse:
    """Revoke a key once its name is typed as confirmation."""
    form = RevokeForm(request.POST if request.method == "POST" else None, key=key)
    if form.is_valid():
        revoke_key(key=key, actor=request.user.email)
        text = gettext("%(key)s was revoked. Requests with it are now rejected.")
        messages.success(request, text % {"key": key.name})
        return redirect("keys")
    return render(request, "keys/revoke.html", {"key": key, "form": form})


def _chart_calls(partner: Partner, keys: list[ApiKey]) -> None:
    """Set `chart` on each key: its requests of the last 30 days."""
    charts = read_key_charts(partner.id, keys, partner.today)
    for key in keys:
        cast(Any, key).chart = charts[key.id]
