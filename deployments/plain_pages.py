"""Pages of a shop's host without a shop."""

from __future__ import annotations

from django.http import HttpResponse

NO_SHOP = (
    b'<!doctype html><html lang="en"><meta charset="utf-8">'
    b'<meta name="viewport" content="width=device-width"><meta name="color-scheme" '
    b'content="light dark"><title>No shop here</title><h1>There is no shop at this address</h1>'
    b"<p>It may not have opened yet, or it has closed. Please check the address.</p></html>"
)
NO_PAGE = (
    b'<!doctype html><html lang="en"><meta charset="utf-8"><title>Page not found</title>'
    b'<h1>Page not found</h1><p><a href="/">To the shop</a></p></html>'
)
TOO_LARGE = (
    b'<!doctype html><html lang="en"><meta charset="utf-8"><title>Too large</title>'
    b"<h1>Too large</h1><p>A shop accepts no files.</p></html>"
)


def plain_page(content: bytes, status: int = 404) -> HttpResponse:
    response = HttpResponse(content, status=status, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response
