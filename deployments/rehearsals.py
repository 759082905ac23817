"""How a test deployment can be told to end, as live ones may. Pure."""

from __future__ import annotations

from datetime import timedelta

FAIL_BUILDING, FAIL_DEPLOYING, SLOW = "fail_building", "fail_deploying", "slow"
SIMULATIONS = (FAIL_BUILDING, FAIL_DEPLOYING, SLOW)
_SLOW_BY = timedelta(minutes=1)


class RehearsedFailure(Exception):
    """The deployment fails because the test asked for it."""


def delay_of(simulation: str) -> timedelta:
    """Return how long a deployment waits before it is built."""
    return _SLOW_BY if simulation == SLOW else timedelta()
