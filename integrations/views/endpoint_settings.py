"""Changing URLs and secrets of webhook endpoints, and the default endpoint.

A new secret is shown only in the response to the form.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from accounts.permissions import PartnerRequest, Permission, partner_view
from config.pages.kept_forms import refill
from integrations.forms import DefaultEndpointForm, SecretForm, UrlForm
from integrations.models import WebhookEndpoint, WebhookReceiver
from integrations.services.endpoints import (
    EndpointChange,
    change_receiver,
    remove_default_endpoint,
    retire_previous_secret,
    set_default_endpoint,
)
from integrations.signatures.signing import create_secret
from integrations.views.endpoints import find_receiver

_FORM = ("GET", "HEAD", "POST")


@partner_view(Permission.MANAGE_KEYS, methods=_FORM, reauthenticate=True)
def url(request: PartnerRequest, receiver_id: str) -> HttpResponse:
    """Change the URL of all shops that use it."""
    receiver = find_receiver(request, receiver_id)
    form = UrlForm(_posted(request), initial={"url": receiver.url})
    refill(request, form)
    if form.is_valid():
        change = EndpointChange(url=form.cleaned_data["url"])
        current = change_receiver(receiver=receiver, change=change, actor=request.user.email)
        messages.success(
            request, gettext("URL changed. Events that waited for a retry are sent now.")
        )
        return redirect("webhook-endpoint", current.id)
    return render(request, "webhooks/endpoint_url.html", {"receiver": receiver, "form": form})


@partner_view(Permission.MANAGE_KEYS, methods=_FORM, reauthenticate=True)
def secret(request: PartnerRequest, receiver_id: str) -> HttpResponse:
    """Roll the secret of all shops that use this URL."""
    receiver = find_receiver(request, receiver_id)
    form = SecretForm(_posted(request))
    if form.is_valid():
        new = form.cleaned_data["secret"] or create_secret()
        overlap = form.cleaned_data["overlap"]
        change = EndpointChange(secret=new, overlap=overlap)
        change_receiver(receiver=receiver, change=change, actor=request.user.email)
        return _show_secret(request, receiver, new)
    return render(request, "webhooks/endpoint_secret.html", {"receiver": receiver, "form": form})


@partner_view(Permission.MANAGE_KEYS, methods=("POST",))
def retire_secret(request: PartnerRequest, receiver_id: str) -> HttpResponse:
    receiver = find_receiver(request, receiver_id)
    retire_previous_secret(receiver=receiver, actor=request.user.email)
    messages.success(request, gettext("Only the new secret signs from now on."))
    return redirect("webhook-endpoint", receiver.id)


@partner_view(Permission.MANAGE_KEYS, methods=_FORM, reauthenticate=True)
def default(request: PartnerRequest) -> HttpResponse:
    """Set the default endpoint; a new one gets a secret, which is shown once."""
    present = WebhookEndpoint.objects.of(request.partner.id).default().first()
    initial = {"url": present.url, "events": present.event_types} if present else {}
    form = DefaultEndpointForm(_posted(request), initial=initial)
    refill(request, form)
    if form.is_valid():
        new = None if present else create_secret()
        endpoint = set_default_endpoint(
            partner_id=request.partner.id,
            url=form.cleaned_data["url"],
            secret=new,
            event_types=form.cleaned_data["events"],
            actor=request.user.email,
        )
        if new:
            receiver = WebhookReceiver.objects.of(request.partner.id).at(endpoint.url).get()
            return _show_secret(request, receiver, new)
        messages.success(request, gettext("Default endpoint changed."))
        return redirect("webhook-endpoints")
    context = {"form": form, "present": present}
    return render(request, "webhooks/default.html", context)


@partner_view(Permission.MANAGE_KEYS, methods=_FORM)
def remove_default(request: PartnerRequest) -> HttpResponse:
    mine = WebhookEndpoint.objects.of(request.partner.id).default()
    endpoint = get_object_or_404(mine)
    if request.method == "POST":
        remove_default_endpoint(partner_id=request.partner.id, actor=request.user.email)
        messages.success(request, gettext("Default endpoint removed."))
        return redirect("webhook-endpoints")
    return render(request, "webhooks/default_remove.html", {"endpoint": endpoint})


def _posted(request: PartnerRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _show_secret(request: PartnerRequest, receiver: WebhookReceiver, new: str) -> HttpResponse:
    endpoints = WebhookEndpoint.objects.of(receiver.partner_id).lasting().filter(url=receiver.url)
    until = endpoints.order_by("-created_at").values_list("previous_secret_until", flat=True)
    context = {
        "receiver": receiver,
        "secret": new,
        "until": until.first(),
        "kept_page": reverse("webhook-endpoints"),
    }
    return render(request, "webhooks/secret_shown.html", context)
