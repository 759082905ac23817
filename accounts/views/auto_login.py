"""Revoking auto-login links."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext

from accounts.models import Account
from accounts.permissions import PartnerRequest, Permission, partner_view
from accounts.services.auto_login import revoke_link, revoke_links_of
from config.grouping import group_digits

_METHODS = ("GET", "HEAD", "POST")


@partner_view(Permission.OPERATE, methods=_METHODS)
def revoke(request: PartnerRequest, account_id: str, link_id: str) -> HttpResponse:
    """Revoke one link after a confirmation page."""
    account = _find(request, account_id)
    link = get_object_or_404(account.auto_login_links.select_related("partner"), pk=link_id)
    if request.method == "POST":
        revoke_link(link=link, actor=request.user.email)
        messages.success(request, gettext("Link revoked."))
        return redirect("merchant", account.id)
    return render(request, "merchants/revoke.html", {"account": account, "link": link})


@partner_view(Permission.OPERATE, methods=_METHODS)
def revoke_all(request: PartnerRequest, account_id: str) -> HttpResponse:
    """Revoke all links of an account after a confirmation page."""
    account = _find(request, account_id)
    if request.method == "POST":
        revoked = revoke_links_of(account=account, actor=request.user.email)
        text = ngettext("%(number)s link is revoked.", "%(number)s links are revoked.", revoked)
        messages.success(request, text % {"number": group_digits(revoked)})
        return redirect("merchant", account.id)
    count = account.auto_login_links.active().count()
    return render(request, "merchants/revoke.html", {"account": account, "count": count})


def _find(request: PartnerRequest, account_id: str) -> Account:
    accounts = Account.objects.of_both(request.partner.id).select_related("partner")
    return get_object_or_404(accounts, pk=account_id)
