"""The search box of staff: one hit opens its page, several are listed by kind."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST

from config.admin.finders import Found, find, finders_for
from config.admin.hidden_terms import hide_term, read_term, reveal_term
from config.admin.pages import changes_nothing, render_page, staff_page
from config.admin.sections import Section


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
        term = read_term(request)
        page = _only_page(find(request, term))
        return redirect(page or f"{reverse('admin:search')}?term={hide_term(request, term)}")
    term = reveal_term(request, request.GET.get("term", ""))
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


@staff_page(
    title="Search in a list",
    name="search_list",
    route="search/<str:app>/<str:model>/",
    permission="",
    section=Section.SYSTEM,
)
@changes_nothing
@require_POST
def search_list(request: HttpRequest, app: str, model: str) -> HttpResponse:
    """Show the rows of a list that match a term, within the filters that are posted with it."""
    try:
        address = reverse(f"admin:{app}_{model}_changelist")
    except NoReverseMatch:
        raise Http404 from None
    given = request.POST.copy()
    given.pop("csrfmiddlewaretoken", None)
    given.pop("q", None)
    if term := read_term(request):
        given["q"] = hide_term(request, term)
    return redirect(f"{address}?{given.urlencode()}")


def _only_page(found: list[Found]) -> str:
    """Return the address of the only hit, if it is one."""
    addresses = {hit.address for each in found for hit in each.hits}
    return addresses.pop() if len(addresses) == 1 else ""
