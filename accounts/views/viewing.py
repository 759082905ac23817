"""The end of a staff member's look at a partner's dashboard."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import PartnerViewing
from accounts.services.viewings import end_viewing
from accounts.viewing import delete_viewing_cookie


@never_cache
@require_POST
@login_required
def end(request: HttpRequest) -> HttpResponse:
    """Not a page of the administration, which would ask for the password first."""
    rows = PartnerViewing.objects.of_all().select_related("partner", "staff")
    mine = rows.filter(
        staff=request.user.pk, pk=request.POST.get("viewing", "").replace("\x00", "")
    )
    viewing = get_object_or_404(mine)
    end_viewing(viewing=viewing)
    response = redirect("admin:accounts_partner_change", viewing.partner_id)
    delete_viewing_cookie(response)
    return response
