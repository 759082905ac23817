"""Whether a worker is building."""

from __future__ import annotations

from django.db.models.functions import Now

from config.jobs.heartbeat import worker_activity
from deployments.models import Deployment


@worker_activity
def is_building() -> bool:
    """Return whether a build is running: builds can delay the worker's heartbeats."""
    return Deployment.objects.of_all().running().filter(lease_until__gte=Now()).exists()
