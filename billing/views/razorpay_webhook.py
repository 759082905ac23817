"""Razorpay's webhook endpoint."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.gateways.razorpay_events import InvalidEvent, read_event, verify_webhook
from billing.services.razorpay import receive_event

_MAX_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Process a signed event: 200 when processed, also on repeats; 400 for anything else."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > _MAX_BYTES:
        return _answer(413, "The body is too large.")
    body = request.body
    if not verify_webhook(body, request.headers.get("X-Razorpay-Signature", "")):
        return _answer(400, "The signature does not match the body.")
    try:
        event = read_event(body)
    except InvalidEvent:
        return _answer(400, "The body is not an event.")
    receive_event(event=event)
    return _answer(200, "Received.")


def _answer(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
