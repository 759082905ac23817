"""The pages under /docs/, as HTML and as Markdown, and what is read beside them."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.permissions import PartnerRequest, Permission, partner_view
from accounts.services.documentation_keys import create_documentation_keys
from accounts.services.key_rules import KeyRuleError
from config.documentation.contents import ENGLISH, FIRST, Page, all_pages, neighbours, read_contents
from config.documentation.feed import changelog_feed
from config.documentation.rendering import page_markdown, page_parts, page_requests
from config.documentation.samples import PLACEHOLDERS
from config.documentation.search import search_index

_MARKDOWN = "text/markdown; charset=utf-8"


@require_safe
def page(request: HttpRequest, name: str = FIRST) -> HttpResponse:
    found = _find(name)
    before, after = neighbours(found)
    parts = page_parts(found)
    context = {
        "page": found,
        "sections": read_contents(),
        "parts": parts,
        "takes_keys": any(
            key in part.text + part.code for part in parts for key in PLACEHOLDERS.values()
        ),
        "requests": page_requests(found),
        "before": before,
        "after": after,
        "search_version": search_index()[1],
        "placeholders": PLACEHOLDERS,
        "public_url": settings.PUBLIC_URL,
    }
    return render(request, "documentation/page.html", context)


@require_safe
def markdown(request: HttpRequest, name: str) -> HttpResponse:
    found = _find(name)
    original = f'<{settings.PUBLIC_URL}{found.path}>; rel="canonical"'
    return HttpResponse(page_markdown(found), content_type=_MARKDOWN, headers={"Link": original})


@require_safe
@cache_control(max_age=31_536_000, public=True)
def search(request: HttpRequest) -> HttpResponse:
    """Return the index of the search; its address has its hash, so that it can be kept."""
    return HttpResponse(search_index()[0], content_type="application/json")


@require_safe
def changelog(request: HttpRequest) -> HttpResponse:
    return HttpResponse(changelog_feed(), content_type="application/rss+xml; charset=utf-8")


@require_safe
def llms(request: HttpRequest) -> HttpResponse:
    """List all pages for language models, after https://llmstxt.org."""
    lines = ["# ShopIQ API", "", f"> {all_pages(ENGLISH)[FIRST].summary}"]
    for section in read_contents(ENGLISH):
        lines += ["", f"## {section.title}", ""]
        lines += [
            f"- [{each.title}]({settings.PUBLIC_URL}{each.markdown_path}): {each.summary}"
            for each in section.pages
        ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@partner_view(Permission.MANAGE_TEST_KEYS, methods=("POST",))
def keys(request: PartnerRequest) -> HttpResponse:
    """Create test keys for the samples, and return them to the page once."""
    try:
        secrets = create_documentation_keys(partner=request.partner, actor=request.user.email)
    except KeyRuleError as error:
        return JsonResponse({"message": str(error)}, status=409)
    return JsonResponse(secrets)


def _find(name: str) -> Page:
    try:
        return all_pages()[name]
    except KeyError:
        raise Http404 from None
