"""Creating and rolling API keys.

The new key is shown only in the response to the form: no URL, session, message, log or cache
contains it.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.forms.keys import NewKeyForm, RollForm
from accounts.models import ApiKey, Environment
from accounts.models.key import IMAGE_ENVIRONMENTS, TEST_ENVIRONMENTS
from accounts.permissions import PartnerRequest, Permission, partner_view, require_recent_sign_in
from accounts.services.key_rules import AlreadyCreated, KeyRuleError, ManagementKeyExists
from accounts.services.keys import IssuedKey, create_key, has_management_key, read_key_slots
from accounts.services.rolling import roll_key
from accounts.views.keys import FORM_METHODS, key_page, permission_to_change, redirect_to_key
from accounts.views.samples import sample_context
from config.pages.kept_forms import refill


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


@partner_view(Permission.MANAGE_TEST_KEYS, methods=FORM_METHODS)
def create_management_test(request: PartnerRequest) -> HttpResponse:
    """Create a key of the management API's sandbox."""
    return _create(request, Environment.MANAGEMENT_TEST)


@key_page()
def roll(request: PartnerRequest, key: ApiKey) -> HttpResponse:
    """Create a key with the old one's settings; the old one keeps working for a while."""
    form = RollForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        overlap: timedelta = form.cleaned_data["overlap"]
        try:
            issued = roll_key(key=key, overlap=overlap, actor=request.user.email)
        except KeyRuleError as error:
            return redirect_to_key(request, key, error)
        key.refresh_from_db()
        return _show_secret(request, issued, old=key)
    return render(request, "keys/roll.html", {"key": key, "form": form})


def _create(request: PartnerRequest, environment: str) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = NewKeyForm(data, partner=request.partner, environment=environment)
    refill(request, form)
    if form.is_valid():
        environment = form.cleaned_data.get("environment", environment)
        _require_permission(request, environment)
        try:
            return _show_secret(request, _create_key(request, form, environment))
        except AlreadyCreated as error:
            messages.warning(request, str(error))
            return redirect("key", form.cleaned_data["token"])
        except KeyRuleError as error:
            form.add_error(None, str(error))
    return render(request, "keys/new.html", {"form": form, **_slots_context(request, environment)})


def _require_permission(request: PartnerRequest, environment: str) -> None:
    if not request.can(permission_to_change(environment)):
        raise PermissionDenied
    if environment not in TEST_ENVIRONMENTS:
        require_recent_sign_in(request)


def _create_key(request: PartnerRequest, form: NewKeyForm, environment: str) -> IssuedKey:
    return create_key(
        partner=request.partner,
        environment=environment,
        actor=request.user.email,
        key_id=form.cleaned_data["token"],
        networks=form.cleaned_data["networks"],
        **form.settings(),
    )


def _slots_context(request: PartnerRequest, environment: str) -> dict[str, object]:
    is_image = environment in IMAGE_ENVIRONMENTS
    is_test = environment == Environment.MANAGEMENT_TEST
    return {
        "is_image": is_image,
        "is_test": is_test,
        "slots": read_key_slots(request.partner) if is_image else None,
    }


def _show_secret(
    request: PartnerRequest, issued: IssuedKey, old: ApiKey | None = None
) -> HttpResponse:
    networks = issued.key.allowed_networks.values_list("network", flat=True)
    context = {
        **sample_context(issued),
        "old": old,
        "kept_page": reverse("key", args=[issued.key.pk]),
        "is_limited": bool(networks),
        "allows_everyone": any(network.endswith("/0") for network in networks),
    }
    return render(request, "keys/shown.html", context)
