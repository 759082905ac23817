"""The signed link in emails of alerts, which ends those of one kind without signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.services.alert_emails import (
    InvalidUnsubscribeLink,
    read_unsubscribe_link,
    unsubscribe,
)


# Mail programs send the form themselves, without cookies (RFC 8058): the link is the permission,
# and it allows nothing else.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def alert_unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Only a form unsubscribes: scanners of emails open every link."""
    try:
        if request.method == "POST":
            partner, kind = unsubscribe(token=token)
        else:
            partner, _, kind = read_unsubscribe_link(token)
    except InvalidUnsubscribeLink:
        return render(request, "alerts/link_invalid.html", status=404)
    context = {"company": partner, "kind": kind, "is_done": request.method == "POST"}
    return render(request, "alerts/unsubscribe.html", context)
