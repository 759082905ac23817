"""The signature debugger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from accounts.permissions import PartnerRequest, Permission, partner_view
from integrations.forms import SignatureForm
from integrations.models import WebhookDelivery, WebhookDeliveryQuerySet, WebhookEndpoint
from integrations.signatures.candidates import parse_body, parse_sent
from integrations.signatures.diagnosis import Diagnosis, SignatureInput, diagnose
from integrations.signatures.faults import Fault
from integrations.signatures.signing import signature

#: How many endpoints' secrets are tried; each deployment has an endpoint of its own.
_ENDPOINTS = 50
#: How far the timestamp in a body may be from the creation time of its delivery.
_BEFORE, _AFTER = timedelta(seconds=5), timedelta(seconds=60)
_MAX_DELIVERIES = 200
#: The members that identify a delivery.
_IDENTIFYING_MEMBERS = ("event", "accountId", "timestamp")
#: As it was sent; the example shows it as a receiver has it that parses before it verifies.
_EXAMPLE_BODY = '{"event":"website.building","message":"AI is building your website..."}'
_EXAMPLE_SECRET = "whsec_example"  # noqa: S105 - belongs to no endpoint


@dataclass(frozen=True, slots=True)
class Verdict:
    """`delivery` is the stored one, `endpoint` the one whose secret matches."""

    diagnosis: Diagnosis
    delivery: WebhookDelivery | None
    endpoint: WebhookEndpoint | None = None


@sensitive_post_parameters("secret")
@partner_view(Permission.SEE_CALLS, methods=("GET", "HEAD", "POST"))
def signatures(request: PartnerRequest) -> HttpResponse:
    """Explain why a body, header and secret do not match.

    Nothing is stored, and the response does not contain the secret.
    """
    verdict = None
    if request.method == "POST":
        form = SignatureForm(request.POST)
        if form.is_valid():
            verdict = _diagnose(request, form)
    else:
        form = _example() if "example" in request.GET else SignatureForm(initial=_initial(request))
    return render(request, "webhooks/signatures.html", {"form": form, "verdict": verdict})


def _initial(request: PartnerRequest) -> dict[str, Any]:
    """Prefill the form from the delivery in the query string, without the secret."""
    if not (delivery_id := request.GET.get("delivery", "")):
        return {}
    deliveries = _deliveries(request)
    delivery = get_object_or_404(deliveries, pk=delivery_id.replace("\x00", ""))
    body = bytes(delivery.body)
    secret = delivery.endpoint.read_secret()
    header = signature(body, secret) if secret else ""
    return {"body": body.decode(), "header": header, "delivery": delivery.id}


def _example() -> SignatureForm:
    """Fill in the most common fault: spaces that the body did not have when it was signed."""
    form = SignatureForm(
        initial={
            "body": json.dumps(json.loads(_EXAMPLE_BODY)),
            "header": signature(_EXAMPLE_BODY.encode(), _EXAMPLE_SECRET),
            "secret": _EXAMPLE_SECRET,
        }
    )
    form.fields["secret"].widget = forms.TextInput()
    return form


def _diagnose(request: PartnerRequest, form: SignatureForm) -> Verdict | None:
    """Return None if the form names a delivery that the partner does not have."""
    values = form.cleaned_data
    pasted = SignatureInput(values["body"], values["header"], values["secret"])
    delivery = _find(request, values["delivery"], pasted.body)
    if values["delivery"] and delivery is None:
        form.add_error("delivery", gettext("No delivery has this ID."))
        return None
    known = list(_known_secrets(request, delivery))
    sent = bytes(delivery.body) if delivery else None
    if delivery and delivery.endpoint.read_secret() == "":
        return Verdict(Diagnosis((Fault.UNSIGNED,), ""), delivery)
    diagnosis = diagnose(pasted, known=[secret for _, secret in known], sent=sent)
    endpoint = None if diagnosis.other is None else known[diagnosis.other][0]
    return Verdict(diagnosis, delivery, endpoint)


def _find(request: PartnerRequest, delivery_id: str, body: str) -> WebhookDelivery | None:
    """Return the delivery with this id; without an id, the one that matches the body."""
    if delivery_id:
        return _deliveries(request).filter(pk=delivery_id).first()
    members = parse_body(body)
    try:
        at = datetime.fromisoformat(members["timestamp"])
        window = (at - _BEFORE, at + _AFTER)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        return None
    in_time = _deliveries(request).filter(created_at__range=window).order_by("created_at")
    for near in in_time[:_MAX_DELIVERIES]:
        stored = parse_sent(bytes(near.body))
        if all(stored.get(name) == members.get(name) for name in _IDENTIFYING_MEMBERS):
            return near
    return None


def _known_secrets(
    request: PartnerRequest, delivery: WebhookDelivery | None
) -> Iterator[tuple[WebhookEndpoint, str]]:
    """Yield the endpoint of the delivery and the partner's newest ones, with their secrets."""
    newest = WebhookEndpoint.objects.of(request.partner.id).order_by("-created_at")
    own = [delivery.endpoint] if delivery else []
    tried = set()
    for endpoint in (*own, *newest[:_ENDPOINTS]):
        secret = endpoint.read_secret()
        if secret is not None and secret not in tried:
            tried.add(secret)
            yield endpoint, secret


def _deliveries(request: PartnerRequest) -> WebhookDeliveryQuerySet:
    return WebhookDelivery.objects.of_both(request.partner.id).select_related("endpoint")
