"""The search box of staff: one hit opens its page, several are listed by kind.

Terms are personal data, such as an email address. They are posted, and the address of the results
holds them encrypted, so that no log, history or bookmark tells them.
"""

from __future__ import annotations

import json
import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from config.admin.finders import Found, find, finders_for
from config.admin.pages import changes_nothing, render_page, staff_page
from config.admin.sections import Section
from config.db.encryption import DecryptionError, EncryptionContext, decrypt, encrypt

_LONGEST = 200
_VALID_SECONDS = 3_600


@staff_page(
    title="Search",
    name="search",
    route="search/",
    permission="",
    section=Section.SYSTEM,
    is_in_navigation=False,
)
@changes_nothing
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        term = request.POST.get("q", "").replace("\x00", "").strip()[:_LONGEST]
        page = _only_page(find(request, term))
        return redirect(page or f"{reverse('admin:search')}?term={_hide(request, term)}")
    term = _reveal(request, request.GET.get("term", ""))
    found = find(request, term)
    if page := _only_page(found):
        return redirect(page)
    return render_page(
        request,
        "admin/search.html",
        title="Search",
        search_term=term,
        found=found,
        kinds=sorted({each.kind for each in finders_for(request, term)}),
    )


def _only_page(found: list[Found]) -> str:
    """Return the address of the only hit, if it is one."""
    addresses = {hit.address for each in found for hit in each.hits}
    return addresses.pop() if len(addresses) == 1 else ""


def _hide(request: HttpRequest, term: str) -> str:
    """Encrypt a term for this person, for an hour."""
    text = json.dumps([term, int(time.time()) + _VALID_SECONDS])
    return encrypt(text, _context(request))


def _reveal(request: HttpRequest, hidden: str) -> str:
    """Return the term, or "" for what does not open, any more or for this person."""
    try:
        term, until = json.loads(decrypt(hidden, _context(request)))
    except DecryptionError:
        return ""
    return str(term) if until > time.time() else ""


def _context(request: HttpRequest) -> EncryptionContext:
    return EncryptionContext("staff_search", str(request.user.pk))
