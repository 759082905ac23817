"""A key's whitelist, with a confirmation before a recent caller is locked out."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from accounts.callers import group_callers, lines_to_allow
from accounts.forms.whitelists import WhitelistForm
from accounts.models import AllowedNetwork, ApiKey
from accounts.networks import client_address, parse_entries
from accounts.permissions import PartnerRequest
from accounts.services.key_rules import MAX_NETWORKS, KeyRuleError, TooManyNetworks
from accounts.services.whitelists import (
    MAX_RECENT_CALLERS,
    RECENT_PERIOD,
    LastWhitelistEntry,
    RecentCaller,
    allow_networks,
    find_locked_out_callers,
    remove_network,
)
from accounts.views.keys import key_page, redirect_to_key
from config.pages.kept_forms import refill

_MAX_GROUPS = 20
#: New entries that the message names one by one.
_MOST_NAMED = 3


@key_page(reauthenticate=True)
def whitelist(request: PartnerRequest, key: ApiKey) -> HttpResponse:
    """List the entries, and add more."""
    form = WhitelistForm(request.POST if request.method == "POST" else None)
    refill(request, form)
    if form.is_valid():
        try:
            return _allow(request, key, form.cleaned_data["networks"])
        except TooManyNetworks as error:
            form.add_error("networks", str(error))
        except KeyRuleError as error:
            return redirect_to_key(request, key, error)
    context = {
        "key": key,
        "form": form,
        "networks": key.allowed_networks.order_by("network"),
        "limit": MAX_NETWORKS,
        "own_address": client_address(request),
    }
    return render(request, "keys/whitelist.html", context)


@key_page(reauthenticate=True)
def remove(request: PartnerRequest, key: ApiKey, entry_id: int) -> HttpResponse:
    """Remove an entry; confirm first if that locks out a caller or opens the key."""
    entry = get_object_or_404(key.allowed_networks.select_related("key"), pk=entry_id)
    rest = [str(other) for other in key.allowed_networks.exclude(pk=entry.pk)]
    if "confirmed" not in request.POST:
        locked_out = find_locked_out_callers(key=key, networks=rest)
        if request.method != "POST" or not rest or locked_out:
            return _ask(request, key, locked_out, entry=entry, opens=not rest)
    try:
        remove_network(entry=entry, actor=request.user.email, allow_empty="opens" in request.POST)
    except LastWhitelistEntry:
        return _ask(request, key, [], entry=entry, opens=True)
    except KeyRuleError as error:
        return redirect_to_key(request, key, error)
    text = gettext("%(network)s was removed from the whitelist.")
    messages.success(request, text % {"network": entry.network})
    return redirect("key-whitelist", key.id)


def _allow(request: PartnerRequest, key: ApiKey, lines: Sequence[str]) -> HttpResponse:
    if "confirmed" not in request.POST:
        locked_out, also = _find_locked_out(key, lines)
        if "also" in request.POST:
            lines = [*lines, *also]
        elif locked_out or _opens_to_everyone(lines):
            return _ask(request, key, locked_out, lines=lines, also=also)
    added = allow_networks(key=key, lines=lines, actor=request.user.email)
    if added:
        messages.success(request, _added_message(added))
    else:
        text = gettext("Nothing changed. The whitelist already has these entries.")
        messages.info(request, text)
    return redirect("key-whitelist", key.id)


def _added_message(added: Sequence[AllowedNetwork]) -> str:
    text = gettext("Added %(networks)s to the whitelist.")
    if len(added) > _MOST_NAMED:
        text = gettext("Added %(networks)s and %(number)s more to the whitelist.")
    names = ", ".join(str(entry) for entry in added[:_MOST_NAMED])
    return text % {"networks": names, "number": len(added) - _MOST_NAMED}


def _find_locked_out(key: ApiKey, lines: Sequence[str]) -> tuple[list[RecentCaller], Sequence[str]]:
    """Return whom the whitelist with these lines rejects, and lines that allow them too."""
    after = {str(entry) for entry in key.allowed_networks.all()}
    after |= {str(entry.network) for entry in parse_entries(lines)}
    locked_out = find_locked_out_callers(key=key, networks=after)
    return locked_out, lines_to_allow(locked_out, MAX_NETWORKS - len(after))


def _opens_to_everyone(lines: Sequence[str]) -> bool:
    return any(entry.network.prefixlen == 0 for entry in parse_entries(lines))


def _ask(
    request: PartnerRequest,
    key: ApiKey,
    locked_out: list[RecentCaller],
    *,
    lines: Sequence[str] = (),
    entry: AllowedNetwork | None = None,
    opens: bool = False,
    also: Sequence[str] = (),
) -> HttpResponse:
    """Ask for confirmation; the page submits `lines` or the removal of `entry` again."""
    groups = group_callers(locked_out)
    context = {
        "key": key,
        "entry": entry,
        "networks": "\n".join(lines),
        "opens": opens,
        "allows_everyone": _opens_to_everyone(lines),
        "groups": groups[:_MAX_GROUPS],
        "hidden_groups": max(0, len(groups) - _MAX_GROUPS),
        "callers": len(locked_out),
        "is_cut": len(locked_out) == MAX_RECENT_CALLERS,
        "calls": sum(group.calls for group in groups),
        "also": also,
        "days": RECENT_PERIOD.days,
    }
    return render(request, "keys/confirm_whitelist.html", context)
