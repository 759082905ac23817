"""What people of finance ask for, for tests of approvals."""

from __future__ import annotations

from typing import Any

from billing.models import Approval, Tier
from tests.billing.approvals import Kind, ask
from tests.factories import Keys


def ask_grant(payer: Keys, points: int = 50_000, **terms: Any) -> Approval:
    return ask(payer.partner, Kind.GRANT, points, tier=Tier.objects.get(pk="starter"), **terms)
