"""Deployments that wait, for `/metrics`."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Min
from django.db.models.functions import Now

from config.metrics import Sample, collector
from deployments.models import Deployment


@collector
def waiting() -> Iterator[Sample]:
    found = (
        Deployment.objects.of_all().ready().aggregate(number=Count("pk"), age=Now() - Min("due_at"))
    )
    age = found["age"].total_seconds() if found["age"] else 0
    yield Sample("deployments_due", "Deployments that are due.", found["number"])
    yield Sample("deployment_age_seconds", "How long the oldest deployment has been due.", age)
