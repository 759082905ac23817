"""What is read of an operation that was settled."""

from __future__ import annotations

from imaging.services import Settlement
from imaging.services.settlements import read_settlement
from tests.billing.operations import start, succeed
from tests.factories import bucket, partner_with_keys


def test_the_last_points_leave_none(live_db: None) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 800)
    operation = start(keys)
    assert read_settlement(operation) is None

    succeed(operation)

    assert read_settlement(operation) == Settlement(cost=800, balance=0)
