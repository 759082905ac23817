"""Whether a worker is building."""

from __future__ import annotations

from django.db.models.functions import Now

from config.jobs.heartbeat import worker_activity
from deployments.models import Deployment


@worker_activity
def is_building() -> bool:
    """Builds can take every process of the worker; heartbeats wait behind them."""
    return Deployment.objects.of_all().running().filter(lease_until__gte=Now()).exists()
