"""What the scheduler runs and enqueues, and when it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django_q.models import OrmQ
from django_q.tasks import async_task

from billing.jobs import enqueue_due_alerts, enqueue_due_payments
from billing.services import send_low_balance_alerts, set_alert_thresholds
from config.jobs.heartbeat import enqueue_heartbeat
from config.jobs.retention import enqueue_retention
from config.jobs.scheduler import PeriodicTask, periodic_tasks, run_due
from deployments.jobs import enqueue_due_deployments
from deployments.models import Deployment
from tests.billing.purchases import buy, let_come_due
from tests.deployments.deployment_fakes import deploy
from tests.factories import PartnerFactory
from tests.merchants import PartnerServer


def enqueued() -> list[str]:
    """The functions that the messages in the queue name."""
    return [message.func() for message in OrmQ.objects.order_by("id")]


@pytest.fixture(autouse=True)
def _empty_queue(live_db: None) -> None:
    OrmQ.objects.all().delete()


def test_a_deployment_is_enqueued_again_if_the_message_is_lost(
    server: PartnerServer,
) -> None:
    deploy(server)
    assert enqueued() == ["deployments.jobs.run_deployments"]
    OrmQ.objects.all().delete()

    enqueue_due_deployments()

    assert enqueued() == ["deployments.jobs.run_deployments"]


def test_a_purchase_is_enqueued_when_due_for_a_check(live_db: None) -> None:
    purchase = buy(PartnerFactory.create())
    enqueue_due_payments()
    assert enqueued() == []

    let_come_due(purchase)
    enqueue_due_payments()
    assert enqueued() == ["billing.jobs.reconcile_payments"]


def test_an_alert_is_enqueued_until_it_is_sent(live_db: None) -> None:
    set_alert_thresholds(partner=PartnerFactory.create(), thresholds=[100], actor="test")
    enqueue_due_alerts()
    assert enqueued() == ["billing.jobs.send_alerts"]

    send_low_balance_alerts()
    enqueue_due_alerts()
    assert len(enqueued()) == 1


def test_without_work_nothing_is_enqueued(server: PartnerServer) -> None:
    deploy(server)
    Deployment.objects.update(state="live")
    OrmQ.objects.all().delete()

    enqueue_due_deployments()

    assert enqueued() == []


@pytest.mark.parametrize("enqueue", [enqueue_heartbeat, enqueue_retention, enqueue_due_deployments])
def test_messages_do_not_pile_up_without_a_worker(
    server: PartnerServer, enqueue: Callable[[], None]
) -> None:
    deploy(server)
    for _ in range(100):
        async_task("time.time")
    before = OrmQ.objects.count()

    enqueue()

    assert OrmQ.objects.count() == before


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, ValueError])
def test_a_task_that_fails_does_not_stop_the_others(error: type[Exception]) -> None:
    done: list[str] = []

    def fail() -> None:
        raise error("the connection is lost")

    tasks = [PeriodicTask("fails", 0, fail), PeriodicTask("next", 0, lambda: done.append("next"))]

    assert run_due(tasks) == 0
    assert done == ["next"]


def test_a_task_runs_immediately_and_then_on_schedule() -> None:
    done: list[Any] = []
    tasks = [PeriodicTask("once a minute", 60, lambda: done.append(1))]

    pause = run_due(tasks)
    run_due(tasks)

    assert done == [1]
    assert 59 < pause <= 60


def test_every_app_registers_its_periodic_tasks() -> None:
    assert {task.name: task.seconds for task in periodic_tasks()} == {
        "accounts.jobs.enqueue_watch": 3600,
        "config.jobs.chains.enqueue_extension": 60,
        "config.jobs.heartbeat.enqueue_heartbeat": 10,
        "config.mail.jobs.enqueue_due_mail": 10,
        "config.jobs.partitions.enqueue_analysis": 86_400,
        "config.jobs.partitions.enqueue_partitions": 3600,
        "config.jobs.retention.enqueue_retention": 3600,
        "config.jobs.service_levels.enqueue_service_levels": 300,
        "billing.jobs.end_lapsed_approvals": 3600,
        "billing.jobs.enqueue_due_payments": 30,
        "billing.jobs.enqueue_dispute_check": 3600,
        "accounts.jobs.enqueue_alert_check": 300,
        "billing.jobs.enqueue_due_alerts": 60,
        "billing.jobs.enqueue_due_ledger_check": 60,
        "billing.jobs.alert_staff": 60,
        "billing.jobs.enqueue_due_statements": 600,
        "billing.jobs.enqueue_payouts": 3600,
        "billing.jobs.start_full_ledger_check": 3600,
        "imaging.jobs.announce_ended_slow_tests": 10,
        "imaging.jobs.refund_expired_operations": 10,
        "imaging.jobs.enqueue_unfinished_takedowns": 30,
        "deployments.jobs.enqueue_due_deployments": 2,
        "deployments.jobs.enqueue_due_domains": 30,
        "integrations.jobs.enqueue_due_disabling": 300,
    }
