"""Choosing the current partner, and creating one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.team import CompanyForm
from accounts.models import User
from accounts.permissions import switch_partner
from accounts.services.partners import AlreadyHasPartner, sign_up_partner


@require_POST
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """Switch to another partner that the user belongs to."""
    chosen = request.POST.get("partner", "")
    if chosen not in set(_user(request).memberships.values_list("partner", flat=True)):
        raise Http404
    switch_partner(request, chosen)
    return redirect("dashboard")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def create(request: HttpRequest) -> HttpResponse:
    """Create a partner for a user who belongs to none."""
    user = _user(request)
    if user.memberships.exists():
        return redirect("dashboard")
    form = CompanyForm(request.POST or None)
    if form.is_valid():
        name = form.cleaned_data["company"]
        try:
            sign_up_partner(name=name, owner=user, actor=user.email)
        except AlreadyHasPartner:  # the form was sent twice
            return redirect("dashboard")
        messages.success(request, gettext("%(company)s created.") % {"company": name})
        return redirect("dashboard")
    return render(request, "team/create.html", {"form": form})


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
