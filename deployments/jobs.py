"""Have the worker build, publish and take down shops."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from config.jobs.queue import background_task, enqueue, enqueue_unless_full
from config.jobs.scheduler import periodic
from deployments import pipeline
from deployments.services.suspensions import publication_is_due
from deployments.services.takedowns import work_is_due
from deployments.services.updates import update_is_due
from deployments.signals import work_added


@background_task
def run_deployments() -> None:
    if pipeline.run_due():
        enqueue(run_deployments)


@receiver(work_added)
def enqueue_deployments(**_: Any) -> None:
    enqueue(run_deployments)


@periodic(seconds=2)
def enqueue_due_deployments() -> None:
    """Enqueue deployments whose message was lost, lease expired or retry is due."""
    if work_is_due() or publication_is_due() or update_is_due():
        enqueue_unless_full(run_deployments)
