"""The queue of background tasks; its messages only wake the worker."""

from __future__ import annotations

from config.settings.deployments import DEPLOY_STEP_SECONDS
from config.settings.env import env

Q_CLUSTER = {
    "name": "shopiq",
    "orm": "default",
    "workers": env.int("WORKER_PROCESSES", 2),
    "poll": 0.05,
    "bulk": 20,
    "timeout": 2 * DEPLOY_STEP_SECONDS + 60,
    "retry": 2 * DEPLOY_STEP_SECONDS + 120,
    "recycle": 100_000,
    "max_attempts": 1,
    "ack_failures": True,
    # It would call any function that a row of its table names. `manage.py sweep` is ours.
    "scheduler": False,
    "save_limit": -1,
    "catch_up": False,
    "label": "Queue",
}
