"""Partners that ask for live access."""

from __future__ import annotations

from accounts.models import LiveAccessRequest
from config.admin.attention import attention_count, count_some


@attention_count(
    one="partner that asks for live access",
    many="partners that ask for live access",
    url_name="admin:accounts_liveaccessrequest_changelist",
    query="state__exact=waiting",
    permission="accounts.view_liveaccessrequest",
)
def waiting_for_live_access() -> int:
    return count_some(LiveAccessRequest.objects.of_live().waiting())
