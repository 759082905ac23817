"""The callers: partners with several buckets, some of them nearly empty. Needs `django.setup()`."""

from __future__ import annotations

from django.db import connection

from accounts.services.partners import create_partner
from benchmarks.kills.clients import Caller
from billing.models import Tier
from billing.services import Operator, grant_by_operator

#: Tiers and hundredths of points: calls span buckets, empty them and refill them.
BUCKETS = [("starter", 3_750), ("growth", 9_125), ("scale", 1_350), ("scale", 5_000_000)]
POOR = [("growth", 2_345), ("starter", 3_999)]


def make_callers() -> list[Caller]:
    """Create two partners that retry with an `Idempotency-Key`, two that do not, and one that runs
    out of points."""
    callers = [
        _make_caller(number, is_careful=number < 2, buckets=BUCKETS if number < 4 else POOR)
        for number in range(5)
    ]
    connection.close()
    return callers


def _make_caller(number: int, *, is_careful: bool, buckets: list[tuple[str, int]]) -> Caller:
    made = create_partner(
        name=f"Partner {number}",
        email=f"partner{number}@example.com",
        actor="kill harness",
        requests_per_minute=1_000_000,
        requests_per_day=100_000_000,
    )
    for tier, points in buckets:
        grant_by_operator(
            partner=made.partner,
            tier=Tier.objects.get(pk=tier),
            points=points,
            operator=Operator("kill_harness"),
            note="",
        )
    return Caller(made.partner.id, made.live_key, is_careful)
