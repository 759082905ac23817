"""The life of a deployment, as it is declared."""

from __future__ import annotations

from itertools import pairwise

import pytest

from deployments.models import Deployment
from deployments.states import NEXT, RUNNING, may_follow

WAY = ["queued", "building", "created", "live"]


def test_the_way_leads_to_a_live_shop() -> None:
    assert all(may_follow(before, after) for before, after in pairwise(WAY))


def test_no_state_leads_back_to_itself_or_to_an_earlier_one() -> None:
    for place, before in enumerate(WAY):
        assert not any(may_follow(before, after) for after in WAY[: place + 1])


def test_no_step_is_left_out() -> None:
    for place, before in enumerate(WAY):
        assert not any(may_follow(before, after) for after in WAY[place + 2 :])


def test_a_live_deployment_can_only_be_replaced() -> None:
    assert NEXT["live"] == {"replaced"}


@pytest.mark.parametrize("end", ["replaced", "failed"])
def test_an_end_is_an_end(end: str) -> None:
    assert not NEXT[end]
    assert end not in RUNNING


def test_whatever_runs_may_fail() -> None:
    assert {before for before in NEXT if may_follow(before, "failed")} == RUNNING


def test_the_model_knows_the_same_states() -> None:
    assert set(Deployment.State.values) == set(NEXT)
