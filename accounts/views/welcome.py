"""The page after the first sign-in of a company's owner: a test key, in code that can be run."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import ApiKey, Environment, Member
from accounts.services.keys import create_key
from accounts.views.samples import sample_context


def welcome(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the page of a new company's owner, and `response` for everyone else.

    The key is created here because it is shown only in the response to a form.
    """
    member = _find_new_owner(request)
    if member is None:
        return response
    issued = create_key(
        partner=member.partner,
        environment=Environment.TEST,
        actor=member.user.email,
        name=gettext("First test key"),
    )
    address = response.headers.get("Location", reverse("dashboard"))
    context = {
        "company": member.partner.name,
        "address": address,
        "kept_page": address,
        **sample_context(issued),
    }
    return render(request, "account/welcome.html", context)


def _find_new_owner(request: HttpRequest) -> Member | None:
    """Return the only membership of an owner whose company has never had a key."""
    if not request.user.is_authenticated:
        return None
    members = list(request.user.memberships.select_related("partner", "user")[:2])
    if len(members) != 1 or members[0].role != Member.Role.OWNER:
        return None
    has_keys = ApiKey.objects.of(members[0].partner_id).exists()
    return None if has_keys or not members[0].partner.is_active else members[0]
