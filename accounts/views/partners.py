"""Which partner a person looks at, and opening one's own."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.team import CompanyForm
from accounts.models import User
from accounts.permissions import switch_partner
from accounts.services.partners import AlreadyHasPartner, sign_up_partner


@require_POST
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """Looks at another of one's partners from here on."""
    chosen = request.POST.get("partner", "")
    if chosen not in set(_user(request).memberships.values_list("partner", flat=True)):
        raise Http404
    switch_partner(request, chosen)
    return redirect("dashboard")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def create(request: HttpRequest) -> HttpResponse:
    """Opens a partner for somebody who has a login and none."""
    user = _user(request)
    if user.memberships.exists():
        return redirect("dashboard")
    form = CompanyForm(request.POST or None)
    if form.is_valid():
        name = form.cleaned_data["company"]
        try:
            sign_up_partner(name=name, owner=user, actor=user.email)
        except AlreadyHasPartner:  # the button was pressed twice
            return redirect("dashboard")
        messages.success(request, f"{name} is set up.")
        return redirect("dashboard")
    return render(request, "team/create.html", {"form": form})


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
