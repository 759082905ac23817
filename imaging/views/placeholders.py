"""The picture of a test request, drawn here: pages load nothing from other hosts."""

from __future__ import annotations

import re

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render

from accounts.permissions import PartnerRequest, Permission, partner_view

_SIZE = re.compile(r"([1-9]\d{0,3})x([1-9]\d{0,3})", re.ASCII)
_MAX_LINES = 5
_MAX_LETTERS = 40
_LINES_PER_SIDE = 12


@partner_view(Permission.SEE)
def placeholder(request: PartnerRequest) -> HttpResponse:
    """Draw the `text` on a picture of the `size`, for example `1024x768`."""
    match = _SIZE.fullmatch(request.GET.get("size", "1024x1024"))
    if match is None:
        return HttpResponseBadRequest("size must be like 1024x768", content_type="text/plain")
    width, height = int(match[1]), int(match[2])
    step = max(1, min(width, height) // _LINES_PER_SIDE)
    lines = [line[:_MAX_LETTERS] for line in request.GET.get("text", "").split("\n")[:_MAX_LINES]]
    top = (height - step * (len(lines) - 1)) // 2
    context = {
        "width": width,
        "height": height,
        "size": step * 3 // 4,
        "lines": [(line, top + step * number) for number, line in enumerate(lines)],
    }
    return render(request, "images/placeholder.svg", context, content_type="image/svg+xml")
