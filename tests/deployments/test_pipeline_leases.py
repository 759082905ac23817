"""Several workers at once: each deployment is in one pair of hands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from deployments.models import Deployment
from deployments.pipeline import run_due
from deployments.services.transitions import LeaseLost, check_lease, claim_next
from integrations.models import WebhookDelivery
from tests.concurrency import run_beside
from tests.deployments.deployment_fakes import WHOLE, Fakes, deploy, events, make_due
from tests.merchants import PartnerServer

pytestmark = pytest.mark.usefixtures("fakes")


def test_while_a_worker_holds_the_lease_no_other_continues(
    server: PartnerServer, fakes: Fakes
) -> None:
    rivals: list[int] = []

    def compete(build_input: Any) -> None:
        run_due()
        rivals.append(len(fakes.builder.build_inputs))

    fakes.builder.before = compete
    deploy(server)
    run_due()

    assert rivals == [1]
    assert events() == WHOLE


def test_a_row_that_another_transaction_has_locked_is_passed_over(
    server: PartnerServer, fakes: Fakes
) -> None:
    for number in range(2):
        deploy(server, number)
    first, second = Deployment.objects.order_by("due_at")

    with transaction.atomic():
        Deployment.objects.select_for_update().get(pk=first.pk)
        assert run_beside(claim_next) == second


def test_the_deployment_that_waits_longest_is_taken_first(server: PartnerServer) -> None:
    for number in range(2):
        deploy(server, number)
    last = Deployment.objects.latest("pk")
    Deployment.objects.filter(pk=last.pk).update(due_at=timezone.now() - timedelta(days=1))
    assert claim_next() == last


def test_a_lease_outlasts_the_longest_step(server: PartnerServer, settings: Any) -> None:
    deploy(server)
    claimed = claim_next()
    assert claimed

    claimed.refresh_from_db()
    assert claimed.lease_until
    left = claimed.lease_until - timezone.now()
    assert settings.DEPLOY_STEP_SECONDS < left.total_seconds() < 2 * settings.DEPLOY_STEP_SECONDS


@pytest.mark.parametrize("stage", ["preview", "production"])
def test_a_worker_that_lost_its_lease_takes_no_step(
    server: PartnerServer, fakes: Fakes, stage: str
) -> None:
    """It was away so long that another one has finished meanwhile."""
    overtaken: list[str] = []

    def be_overtaken(at: str, identifier: str) -> None:
        if at == stage and not overtaken:
            overtaken.append(at)
            make_due()
            run_due()

    fakes.target.before = be_overtaken
    deploy(server)
    run_due()

    assert overtaken == [stage]
    assert Deployment.objects.get().state == "live"
    assert events() == WHOLE


def test_a_lease_that_another_took_over_is_lost_at_once(server: PartnerServer) -> None:
    deploy(server)
    first = claim_next()
    make_due()
    second = claim_next()
    assert first
    assert second
    check_lease(second)
    with pytest.raises(LeaseLost):
        check_lease(first)


def test_a_lost_lease_is_noticed_before_the_public_sees_anything(
    server: PartnerServer, fakes: Fakes
) -> None:
    fakes.builder.before = lambda build_input: Deployment.objects.update(lease_token="other")
    deploy(server)
    run_due()

    assert fakes.target.calls == []


def test_two_workers_at_once_share_the_work(server: PartnerServer, fakes: Fakes) -> None:
    for number in range(6):
        deploy(server, number)

    def work() -> None:
        run_due()
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(Deployment.objects.values_list("state", flat=True)) == {"live"}
    assert len(fakes.builder.build_inputs) == 6
    assert WebhookDelivery.objects.count() == 18


def test_a_step_has_one_deadline_for_building_and_publishing(
    server: PartnerServer, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two would outlive the lease."""
    seen: list[float] = []

    def note(original: Callable[..., None]) -> Callable[..., None]:
        def call(*args: Any, deadline: Any) -> None:
            seen.append(deadline.at)
            original(*args, deadline=deadline)

        return call

    monkeypatch.setattr(fakes.builder, "build", note(fakes.builder.build))
    monkeypatch.setattr(fakes.target, "publish", note(fakes.target.publish))
    deploy(server)
    run_due()

    build, preview, production = seen
    assert build == preview < production
