"""Creating and rolling API keys.

The response to the form shows the new key once; no URL, session, message, log or cache holds it.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.endpoints import Endpoint, endpoints_for
from accounts.forms.keys import NewKeyForm, RollForm
from accounts.models import ApiKey, Environment
from accounts.permissions import PartnerRequest, Permission, partner_view, require_recent_sign_in
from accounts.services.keys import (
    AlreadyMade,
    IssuedKey,
    KeyRefused,
    ManagementKeyExists,
    create_key,
    has_management_key,
    read_key_slots,
)
from accounts.services.rolling import roll_key
from accounts.views.keys import FORM_METHODS, key_page, permission_to_change, refuse


@partner_view(Permission.MANAGE_TEST_KEYS, methods=FORM_METHODS)
def create(request: PartnerRequest) -> HttpResponse:
    return _create(request, Environment.TEST)


@partner_view(Permission.MANAGE_KEYS, methods=FORM_METHODS, reauthenticate=True)
def create_management(request: PartnerRequest) -> HttpResponse:
    """Create the management key unless there is one."""
    if has_management_key(request.partner):
        messages.warning(request, str(ManagementKeyExists()))
        return redirect("keys")
    return _create(request, Environment.MANAGEMENT)


@key_page()
def roll(request: PartnerRequest, key: ApiKey) -> HttpResponse:
    """Create a key with the old one's settings; the old one keeps working for a while."""
    form = RollForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        overlap: timedelta = form.cleaned_data["overlap"]
        try:
            issued = roll_key(key=key, overlap=overlap, actor=request.user.email)
        except KeyRefused as refusal:
            return refuse(request, key, refusal)
        key.refresh_from_db()
        return _show_once(request, issued, old=key)
    return render(request, "keys/roll.html", {"key": key, "form": form})


def _create(request: PartnerRequest, environment: str) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = NewKeyForm(data, partner=request.partner, environment=environment)
    if form.is_valid():
        environment = form.cleaned_data.get("environment", environment)
        _require_permission(request, environment)
        try:
            return _show_once(request, _make(request, form, environment))
        except AlreadyMade as refusal:
            messages.warning(request, str(refusal))
            return redirect("key", form.cleaned_data["token"])
        except KeyRefused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "keys/new.html", {"form": form, **_room(request, environment)})


def _require_permission(request: PartnerRequest, environment: str) -> None:
    if not request.can(permission_to_change(environment)):
        raise PermissionDenied
    if environment != Environment.TEST:
        require_recent_sign_in(request)


def _make(request: PartnerRequest, form: NewKeyForm, environment: str) -> IssuedKey:
    return create_key(
        partner=request.partner,
        environment=environment,
        actor=request.user.email,
        key_id=form.cleaned_data["token"],
        networks=form.cleaned_data["networks"],
        **form.settings(),
    )


def _room(request: PartnerRequest, environment: str) -> dict[str, object]:
    is_image = environment != Environment.MANAGEMENT
    return {"is_image": is_image, "slots": read_key_slots(request.partner) if is_image else None}


def _show_once(
    request: PartnerRequest, issued: IssuedKey, old: ApiKey | None = None
) -> HttpResponse:
    context = {
        "key": issued.key,
        "secret": issued.secret,
        "old": old,
        "endpoint": _endpoint_to_try(issued.key),
        "public_url": settings.PUBLIC_URL,
        "is_limited": issued.key.allowed_networks.exists(),
    }
    return render(request, "keys/shown.html", context)


def _endpoint_to_try(key: ApiKey) -> Endpoint | None:
    """One with an example; a live key is best tried where no points are charged, a test key there
    where a live key's would be. None where the key may call none."""
    allowed = [
        endpoint
        for endpoint in endpoints_for(key.environment)
        if endpoint.example is not None
        and (key.permissions is None or endpoint.name in key.permissions)
    ]
    is_test = key.environment == Environment.TEST
    best_first = sorted(allowed, key=lambda endpoint: endpoint.costs_points != is_test)
    return best_first[0] if best_first else None
