"""Deployments that failed, or that no worker finishes."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from config.admin.attention import attention_count, count_some
from config.db.clock import database_now
from config.db.ids import first_id
from deployments.models import Deployment

_RECENT = timedelta(days=7)
#: The sweeper hands a deployment to another worker within seconds.
_LATE = timedelta(minutes=2)


@attention_count(
    one="deployment that failed this week",
    many="deployments that failed this week",
    url_name="admin:deployments_deployment_changelist",
    query="state__exact=failed",
    permission="deployments.view_deployment",
)
def failed_deployments() -> int:
    """Leave out sites with another deployment that did not fail."""
    deployments = Deployment.objects.of_live()
    recent = deployments.filter(state="failed", pk__gte=first_id(database_now() - _RECENT))
    others = deployments.filter(website=OuterRef("website")).exclude(state="failed")
    return count_some(recent.filter(~Exists(others)))


@attention_count(
    one="deployment that no worker continues",
    many="deployments that no worker continues",
    url_name="admin:deployments_deployment_changelist",
    query="state__in=queued,building,created",
    permission="deployments.view_deployment",
)
def expired_leases() -> int:
    running = Deployment.objects.of_live().running().filter(website__taken_down_at=None)
    return count_some(running.filter(due_at__lt=Now() - _LATE))
