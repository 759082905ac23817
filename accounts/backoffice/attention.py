"""Partners that ask for live access."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import LiveAccessRequest
from config.admin.attention import attention_rows


@attention_rows(
    LiveAccessRequest,
    one="partner that asks for live access",
    many="partners that ask for live access",
    permission="accounts.view_liveaccessrequest",
)
def waiting_for_live_access() -> QuerySet[Any]:
    return LiveAccessRequest.objects.of_live().waiting()
