"""Advice on keys, and carrying it out after a confirmation."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from accounts.key_advice import Kind, find_advice, read_advice
from accounts.models import ApiKey
from accounts.permissions import PartnerRequest, Permission, partner_view
from accounts.services.key_rules import KeyRuleError
from accounts.services.key_tightening import tighten_key
from accounts.views.keys import key_page, permission_to_change, redirect_to_key


@partner_view(Permission.SEE_CALLS)
def list_advice(request: PartnerRequest) -> HttpResponse:
    """List the advice on all keys of the company."""
    rows = [
        (advice, request.can(permission_to_change(advice.key.environment)))
        for advice in read_advice(request.partner)
    ]
    return render(request, "keys/advice.html", {"rows": rows})


@key_page(reauthenticate=True)
def tighten(request: PartnerRequest, key: ApiKey, kind: str) -> HttpResponse:
    """Show a key before and after, and change it once that is confirmed."""
    if kind not in list(Kind):
        raise Http404
    advice = find_advice(key, Kind(kind))
    if advice is None:
        text = gettext("There is nothing to change. The key is used differently now.")
        messages.info(request, text)
        return redirect("key", key.id)
    if request.method == "POST" and request.POST.get("proposal") == advice.proposal:
        try:
            tighten_key(advice=advice, actor=request.user.email)
        except KeyRuleError as error:
            return redirect_to_key(request, key, error)
        if advice.kind is Kind.IDLE:
            text = gettext("%(key)s was revoked. Requests with it are now rejected.")
            messages.success(request, text % {"key": key.name})
        else:
            text = gettext("Changes saved. They take effect on the next request.")
            messages.success(request, text)
        return redirect("key", key.id)
    if request.method == "POST":
        text = gettext("Nothing was changed yet: the key is used differently now.")
        messages.warning(request, text)
    return render(request, "keys/tighten.html", {"key": key, "advice": advice})
