"""What the sweeper rings for, and when it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django_q.models import OrmQ
from django_q.tasks import async_task

from billing.services import send_low_balance_alerts, set_alert_thresholds
from config.jobs import scheduler
from config.jobs.scheduler import (
    Round,
    ring_for_alerts,
    ring_for_heartbeat,
    ring_for_payments,
    ring_for_shops,
    ring_for_upkeep,
    sweep,
)
from deployments.models import Deployment
from tests.billing.purchases import buy, let_come_due
from tests.deployments.orders import order
from tests.factories import PartnerFactory
from tests.merchants import PartnerServer

RUN = "deployments.pipeline.run_due"


def rung() -> list[str]:
    """What the messages in the queue have a worker call."""
    return [message.func() for message in OrmQ.objects.order_by("id")]


@pytest.fixture(autouse=True)
def _empty_queue(live_db: None) -> None:
    OrmQ.objects.all().delete()


def test_a_deployment_whose_ring_was_lost_is_rung_for_again(server: PartnerServer) -> None:
    order(server)
    OrmQ.objects.all().delete()

    ring_for_shops()

    assert rung() == [RUN]


def test_a_purchase_whose_gateway_has_to_be_asked_is_rung_for(live_db: None) -> None:
    purchase = buy(PartnerFactory.create())
    ring_for_payments()
    assert rung() == []

    let_come_due(purchase)
    ring_for_payments()
    assert rung() == ["billing.services.reconcile_pending"]


def test_a_low_balance_is_rung_for_until_it_was_told(live_db: None) -> None:
    set_alert_thresholds(partner=PartnerFactory.create(), thresholds=[100], actor="test")
    ring_for_alerts()
    assert rung() == ["billing.services.send_low_balance_alerts"]

    send_low_balance_alerts()
    ring_for_alerts()
    assert len(rung()) == 1


def test_without_work_nobody_is_disturbed(server: PartnerServer) -> None:
    order(server)
    Deployment.objects.update(state="live")
    OrmQ.objects.all().delete()

    ring_for_shops()

    assert rung() == []


@pytest.mark.parametrize("ring", [ring_for_heartbeat, ring_for_upkeep, ring_for_shops])
def test_while_no_worker_takes_them_messages_do_not_pile_up(
    server: PartnerServer, ring: Callable[[], None]
) -> None:
    order(server)
    for _ in range(100):
        async_task(RUN)
    before = OrmQ.objects.count()

    ring()

    assert OrmQ.objects.count() == before


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, ValueError])
def test_a_round_that_fails_does_not_end_the_sweeper(error: type[Exception]) -> None:
    done: list[str] = []

    def fail() -> None:
        raise error("the connection is lost")

    rounds = [Round(0, fail), Round(0, lambda: done.append("next"))]

    assert sweep(rounds) == 0
    assert done == ["next"]


def test_every_round_is_due_at_once_and_then_at_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []
    rounds = [Round(60, lambda: done.append(1))]

    pause = sweep(rounds)
    sweep(rounds)

    assert done == [1]
    assert 59 < pause <= 60
    assert {each.seconds for each in scheduler.all_rounds()} == {2, 10, 30, 60, 3600}
