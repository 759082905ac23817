"""Shops that are live, and changes of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models.functions import Now
from django.utils import timezone

from deployments.models import Deployment, Takedown, Website
from deployments.pipeline import run_due
from tests.deployments.deployment_fakes import deploy
from tests.merchants import PartnerServer


def update(server: PartnerServer, account_id: str, **fields: Any) -> None:
    assert server.put("updateAccount", {"accountId": account_id, **fields}).status_code == 200


def follow() -> None:
    """Let the pause after a change pass, and the worker run."""
    Website.objects.exclude(update_at=None).update(update_at=Now())
    run_due()


def states() -> list[str]:
    return list(Deployment.objects.order_by("created_at").values_list("state", flat=True))


def live(server: PartnerServer, **fields: Any) -> Website:
    website = deploy(server, **fields).website
    run_due()
    return website


def end_leases() -> None:
    past = timezone.now() - timedelta(seconds=1)
    Takedown.objects.update(due_at=past, until=past)
    Website.objects.exclude(publish_at=None).update(publish_at=past)


def rebuild(server: PartnerServer, shop: str, **body: Any) -> Any:
    response = server.post(f"{shop}/rebuild", body)
    assert response.status_code == 202, response.content
    run_due()
    return server.get(shop).json()["data"]
