"""Several workers at once: each deployment is in one pair of hands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections, transaction

from deployments.models import Deployment
from deployments.pipeline import run_due
from deployments.services.transitions import claim_next
from integrations.models import WebhookDelivery
from tests.concurrency import run_beside
from tests.deployments.orders import (
    WHOLE,
    Workshop,
    events,
    install_workshop,
    make_due,
    order,
)
from tests.merchants import PartnerServer


@pytest.fixture(autouse=True)
def workshop(monkeypatch: pytest.MonkeyPatch) -> Workshop:
    return install_workshop(monkeypatch)


def test_while_a_worker_holds_the_lease_nobody_else_goes_on(
    server: PartnerServer, workshop: Workshop
) -> None:
    rivals: list[int] = []

    def compete(brief: Any) -> None:
        run_due()
        rivals.append(len(workshop.builder.briefs))

    workshop.builder.before = compete
    order(server)
    run_due()

    assert rivals == [1]
    assert events() == WHOLE


def test_a_row_that_another_transaction_has_locked_is_passed_over(
    server: PartnerServer, workshop: Workshop
) -> None:
    for number in range(2):
        order(server, number)
    first, second = Deployment.objects.order_by("due_at")

    with transaction.atomic():
        Deployment.objects.select_for_update().get(pk=first.pk)
        assert run_beside(claim_next) == second


@pytest.mark.parametrize("stage", ["preview", "production"])
def test_a_worker_that_lost_its_lease_takes_no_step(
    server: PartnerServer, workshop: Workshop, stage: str
) -> None:
    """It was away so long that another one has finished meanwhile."""
    overtaken: list[str] = []

    def be_overtaken(at: str, identifier: str) -> None:
        if at == stage and not overtaken:
            overtaken.append(at)
            make_due()
            run_due()

    workshop.target.before = be_overtaken
    order(server)
    run_due()

    assert overtaken == [stage]
    assert Deployment.objects.get().state == "live"
    assert events() == WHOLE


def test_a_lost_lease_is_noticed_before_the_public_sees_anything(
    server: PartnerServer, workshop: Workshop
) -> None:
    workshop.builder.before = lambda brief: Deployment.objects.update(lease_token="other")
    order(server)
    run_due()

    assert workshop.target.calls == []


def test_two_workers_at_once_share_the_work(server: PartnerServer, workshop: Workshop) -> None:
    for number in range(6):
        order(server, number)

    def work() -> None:
        run_due()
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(Deployment.objects.values_list("state", flat=True)) == {"live"}
    assert len(workshop.builder.briefs) == 6
    assert WebhookDelivery.objects.count() == 18


def test_a_step_has_one_deadline_for_building_and_publishing(
    server: PartnerServer, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two would outlive the lease."""
    seen: list[float] = []

    def note(original: Callable[..., None]) -> Callable[..., None]:
        def call(*args: Any, deadline: Any) -> None:
            seen.append(deadline.at)
            original(*args, deadline=deadline)

        return call

    monkeypatch.setattr(workshop.builder, "build", note(workshop.builder.build))
    monkeypatch.setattr(workshop.target, "publish", note(workshop.target.publish))
    order(server)
    run_due()

    build, preview, production = seen
    assert build == preview < production
