"""Partners that ask for live access, and staff whom only one person knows."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import LiveAccessRequest, StaffInvitation
from accounts.services.staff import MANAGE
from config.admin.attention import Need, Severity, attention_rows, attention_state, count_some


@attention_rows(
    LiveAccessRequest,
    one="partner that asks for live access",
    many="partners that ask for live access",
    permission="accounts.view_liveaccessrequest",
)
def waiting_for_live_access() -> QuerySet[Any]:
    return LiveAccessRequest.objects.of_live().waiting()


@attention_state(permission=MANAGE)
def staff_to_confirm() -> Need | None:
    rows = StaffInvitation.objects.unconfirmed().filter(accepted_by__is_staff=True)
    number = count_some(rows.values("accepted_by").distinct())
    if not number:
        return None
    people = "1 member of the staff" if number == 1 else f"{number} members of the staff"
    return Need(f"{people} to confirm", reverse("admin:staff"), Severity.INFO)
