"""The page that an auto-login link opens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import Account, AutoLoginLink
from accounts.services.auto_login import InvalidLink, find_link, open_link
from config.db.encryption import report_undecryptable
from config.pages.languages import remember_language
from deployments.forms import ContactForm
from deployments.models import Deployment, DeploymentQuerySet, Website
from deployments.services.locks import DeploymentConflict
from deployments.services.updates import change_contact
from deployments.site import find_site

#: Releases that are listed, the newest first.
_MOST = 10


# The token in the URL gives access, no cookie does, so another site can't post for the merchant.
# The check would fail: without a referrer, browsers send no origin.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def chat(request: HttpRequest) -> HttpResponse:
    """Show the merchant the shop, its contact and its releases; change the contact.

    All invalid tokens get the same page, so that guessing reveals nothing.
    """
    token = request.GET.get("token", "")
    try:
        link = find_link(token) if request.method == "POST" else open_link(token)
    except InvalidLink:
        response: HttpResponse = render(request, "chat/refused.html", status=403)
    else:
        if (language := request.POST.get("language")) in dict(settings.LANGUAGES):
            remember_language(request, str(language))
            response = _back_to(request, token)
        else:
            response = _respond(request, link, token)
    # The URL contains the token, which must not reach other sites as a referrer.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _respond(request: HttpRequest, link: AutoLoginLink, token: str) -> HttpResponse:
    website = Website.objects.of(link.partner_id).filter(account=link.account).first()
    form: ContactForm | None = None
    if website:
        website.account = link.account
        with report_undecryptable():
            form = ContactForm(website, request.POST if request.method == "POST" else None)
    if website and form and form.is_valid():
        try:
            change_contact(
                website=website, contact=form.to_contact(), actor=f"auto-login link {link.id}"
            )
        except DeploymentConflict:  # the account was deleted in this moment
            return render(request, "chat/refused.html", status=403)
        return _back_to(request, token, saved="1")
    context = {**_welcome(link), "form": form, "is_saved": "saved" in request.GET}
    return render(request, "chat/welcome.html", context)


def _back_to(request: HttpRequest, token: str, **saved: str) -> HttpResponse:
    """Return to the page, so that a reload does not send the form again.

    The token goes back to where it came from.
    """
    query = urlencode({"token": token, **saved})
    return HttpResponseRedirect(f"{request.path}?{query}{'#contact' if saved else ''}")


def _welcome(link: AutoLoginLink) -> dict[str, Any]:
    """Return the page's context; an account may lack a person's or a business's name."""
    profile: dict[str, Any] = {}
    with report_undecryptable():
        profile = link.account.read_profile()
    business = profile.get("businessName", "")
    person = profile.get("firstName", "") or profile.get("legalName", "")
    return {
        "name": person or business,
        "business": business,
        "site": find_site(link.account),
        "partner": link.account.partner,
        "expires_at": link.expires_at,
        "releases": _releases_of(link.account)[:_MOST],
    }


def _releases_of(account: Account) -> DeploymentQuerySet:
    mine = Deployment.objects.of(account.partner_id).filter(website__account=account)
    return mine.releases().defer("material")
