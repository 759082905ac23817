"""Help: the documentation, what errors mean, whom to ask, and whether everything works."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from accounts.endpoints import all_endpoints
from accounts.permissions import PartnerRequest, Permission, partner_view
from config.api.error_codes import error_codes
from config.documentation.contents import read_contents
from config.health import readiness


@partner_view(Permission.SEE)
def help_and_status(request: PartnerRequest) -> HttpResponse:
    context = {
        "sections": read_contents(),
        "endpoints": all_endpoints(),
        "errors": sorted(error_codes(), key=lambda code: code.name),
        "is_ready": readiness()["ready"],
        "public_url": settings.PUBLIC_URL,
        "support_email": settings.SUPPORT_EMAIL,
    }
    return render(request, "dashboard/help.html", context)
