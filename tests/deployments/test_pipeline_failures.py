"""Failures of a deployment: how often each step is retried, and what the partner learns."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from config.api.timestamps import timestamp
from config.egress.deadline import DeadlineExceeded
from deployments.builder.base import BuildFailed
from deployments.models import Deployment
from deployments.pipeline import run_due
from deployments.services.takedowns import work_is_due
from deployments.targets.base import PublishFailed
from tests.deployments.deployment_fakes import (
    WHOLE,
    Fakes,
    attempt_until_it_ends,
    deploy,
    events,
    fail_with,
    make_due,
    payloads,
)
from tests.merchants import PartnerServer

pytestmark = pytest.mark.usefixtures("fakes")


def test_after_a_failure_five_seconds_pass(server: PartnerServer, fakes: Fakes) -> None:
    fakes.builder.before = fail_with(BuildFailed("No."))
    deploy(server)
    before = timezone.now()
    run_due()

    due_at = Deployment.objects.get().due_at
    assert before <= due_at - timedelta(seconds=5) <= timezone.now()


@pytest.mark.parametrize("part", ["builder", "target"])
def test_after_three_failures_a_sentence_says_why(
    server: PartnerServer, fakes: Fakes, part: str
) -> None:
    reasons: dict[str, Exception] = {
        "builder": BuildFailed("The brand name cannot be drawn."),
        "target": PublishFailed("GitHub Actions deployment failed"),
    }
    getattr(fakes, part).before = fail_with(reasons[part])
    deployment = deploy(server)

    ended = attempt_until_it_ends()

    assert (ended.state, ended.error) == ("failed", str(reasons[part]))
    assert len(fakes.builder.build_inputs) == 3
    assert list(payloads()[-1].items()) == [
        ("event", "deployment.failed"),
        ("accountId", deployment.website.account_id),
        ("identifier", deployment.website.identifier),
        ("error", str(reasons[part])),
        ("timestamp", timestamp(ended.ended_at)),
    ]
    assert events() == ["website.building", "deployment.failed"]


def test_a_failure_is_tried_again_only_after_a_pause(server: PartnerServer, fakes: Fakes) -> None:
    fakes.builder.before = fail_with(BuildFailed("Not now."))
    deploy(server)

    run_due()
    run_due()

    assert len(fakes.builder.build_inputs) == 1
    assert not work_is_due()
    fakes.builder.before = lambda build_input: None
    make_due()
    assert work_is_due()
    run_due()
    assert events() == WHOLE


def test_each_step_has_attempts_of_its_own(server: PartnerServer, fakes: Fakes) -> None:
    left = {"preview": 2, "production": 2}

    def fail_twice(stage: str, identifier: str) -> None:
        left[stage] -= 1
        if left[stage] >= 0:
            raise PublishFailed("The website could not be stored. Please try again.")

    fakes.target.before = fail_twice
    deploy(server)

    assert attempt_until_it_ends().state == "live"
    assert events() == WHOLE


def test_an_unexpected_error_reveals_nothing_internal(server: PartnerServer, fakes: Fakes) -> None:
    fakes.builder.before = fail_with(ZeroDivisionError("/srv/secret/path"))
    deploy(server)

    ended = attempt_until_it_ends()

    assert ended.error == "The website could not be built. Please try again."


def test_a_sentence_of_any_length_is_kept_as_far_as_it_fits(
    server: PartnerServer, fakes: Fakes
) -> None:
    fakes.builder.before = fail_with(BuildFailed("x" * 5000))
    deploy(server)

    assert attempt_until_it_ends().error == "x" * 300
    assert payloads()[-1]["error"] == "x" * 300


class Killed(BaseException):
    """Nothing in the pipeline catches this one."""


def die(times: int, fakes: Fakes) -> None:
    """Workers begin to build and never come back."""
    fakes.builder.before = fail_with(Killed())
    for _ in range(times):
        make_due()
        with pytest.raises(Killed):
            run_due()


def test_a_shop_on_which_every_worker_dies_is_given_up(server: PartnerServer, fakes: Fakes) -> None:
    deploy(server)
    die(6, fakes)

    assert attempt_until_it_ends().state == "failed"
    assert events() == ["website.building", "deployment.failed"]
    assert len(fakes.builder.build_inputs) == 6


def test_a_shop_whose_workers_die_a_few_times_is_published(
    server: PartnerServer, fakes: Fakes
) -> None:
    deploy(server)
    die(5, fakes)
    fakes.builder.before = lambda build_input: None

    assert attempt_until_it_ends().state == "live"
    assert events() == WHOLE


def test_a_database_that_is_away_costs_a_lease_and_no_blame(
    server: PartnerServer, fakes: Fakes
) -> None:
    fakes.builder.before = fail_with(OperationalError("the server closed the connection"))
    deploy(server)
    run_due()

    assert Deployment.objects.get().error == ""
    fakes.builder.before = lambda build_input: None
    assert attempt_until_it_ends().state == "live"


def test_files_that_are_not_on_this_machine_are_built_again(
    server: PartnerServer, fakes: Fakes, settings: Any
) -> None:
    def fail_once(stage: str, identifier: str) -> None:
        if stage == "production" and len(fakes.builder.build_inputs) == 1:
            shutil.rmtree(settings.BUILDS_ROOT)
            raise PublishFailed("The disk is gone.")

    fakes.target.before = fail_once
    deploy(server)

    assert attempt_until_it_ends().state == "live"
    assert len(fakes.builder.build_inputs) == 2


@pytest.mark.parametrize("end", ["live", "failed"])
def test_nothing_of_a_build_stays_behind(
    server: PartnerServer, fakes: Fakes, settings: Any, end: str
) -> None:
    if end == "failed":
        fakes.target.before = fail_with(PublishFailed("No."))
    deployment = deploy(server)
    draft_of_a_dead_worker = Path(settings.BUILDS_ROOT) / f"{deployment.id}.{'0' * 24}"
    draft_of_a_dead_worker.mkdir(parents=True)

    assert attempt_until_it_ends().state == end
    assert list(Path(settings.BUILDS_ROOT).iterdir()) == []


def test_a_step_whose_time_is_up_fails_with_these_words(
    server: PartnerServer, fakes: Fakes
) -> None:
    fakes.builder.before = fail_with(DeadlineExceeded())
    deploy(server)

    assert attempt_until_it_ends().error == (
        "The website took too long to build. Please try again."
    )
