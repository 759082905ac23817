"""How far the property tests search: seconds by default, HYPOTHESIS_PROFILE=long by hand."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_ALL = settings(
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# Without shrinking, so that a failure is told before the test's time is up.
settings.register_profile(
    "ci",
    _ALL,
    max_examples=60,
    stateful_step_count=30,
    phases=[Phase.explicit, Phase.generate],
)
settings.register_profile("long", _ALL, max_examples=1_000, stateful_step_count=60)

PROFILE = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
