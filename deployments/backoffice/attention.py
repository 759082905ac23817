"""Deployments that failed, or that no worker finishes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from config.admin.attention import attention_rows
from config.db.clock import database_now
from config.db.ids import first_id
from deployments.models import Deployment

_RECENT = timedelta(days=7)
#: The sweeper hands a deployment to another worker within seconds.
_LATE = timedelta(minutes=2)


@attention_rows(
    Deployment,
    one="deployment that failed this week",
    many="deployments that failed this week",
    permission="deployments.view_deployment",
)
def failed_deployments() -> QuerySet[Any]:
    """Leave out sites with another deployment that did not fail."""
    deployments = Deployment.objects.of_live()
    recent = deployments.filter(state="failed", pk__gte=first_id(database_now() - _RECENT))
    others = deployments.filter(website=OuterRef("website")).exclude(state="failed")
    return recent.filter(~Exists(others))


@attention_rows(
    Deployment,
    one="deployment that no worker continues",
    many="deployments that no worker continues",
    permission="deployments.view_deployment",
)
def expired_leases() -> QuerySet[Any]:
    running = Deployment.objects.of_live().running().filter(website__taken_down_at=None)
    return running.filter(due_at__lt=Now() - _LATE)
