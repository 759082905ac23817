"""The search box of staff: one hit opens its page, several are listed by kind."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from config.admin.finders import find, finders_for
from config.admin.pages import render_page, staff_page
from config.admin.sections import Section

_LONGEST = 200


@staff_page(
    title="Search",
    name="search",
    route="search/",
    permission="",
    section=Section.SYSTEM,
    is_in_navigation=False,
)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    term = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST]
    found = find(request, term)
    addresses = {hit.address for each in found for hit in each.hits}
    if len(addresses) == 1:
        return redirect(addresses.pop())
    return render_page(
        request,
        "admin/search.html",
        title="Search",
        search_term=term,
        found=found,
        kinds=sorted({each.kind for each in finders_for(request, term)}),
    )
