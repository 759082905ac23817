"""Which takedown, and which shop to publish again, a worker takes next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from deployments.models import Deployment, Takedown, Website
from deployments.pipeline import run_due
from deployments.services.suspensions import claim_publication
from deployments.services.takedowns import claim_takedown
from tests.concurrency import run_beside
from tests.deployments.deployment_fakes import deploy, install_fakes
from tests.merchants import PartnerServer


@pytest.fixture(autouse=True)
def _fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    install_fakes(monkeypatch)


@pytest.fixture
def shops(server: PartnerServer) -> list[Deployment]:
    """Two live shops; the later one is due first."""
    made = [deploy(server, number) for number in range(2)]
    run_due()
    return list(reversed(made))


def minutes_ago(number: int) -> Any:
    return timezone.now() - timedelta(minutes=number)


def let_publish(shops: list[Deployment]) -> Callable[[], str | None]:
    for number, shop in enumerate(shops):
        Website.objects.filter(pk=shop.website_id).update(publish_at=minutes_ago(9 - number))

    def claim() -> str | None:
        claimed = claim_publication()
        return claimed.website.identifier if claimed else None

    return claim


def let_remove(shops: list[Deployment]) -> Callable[[], str | None]:
    for number, shop in enumerate(shops):
        Takedown.objects.create(
            identifier=shop.website.identifier,
            partner_id=shop.partner_id,
            due_at=minutes_ago(9 - number),
        )

    def claim() -> str | None:
        claimed = claim_takedown()
        return claimed.identifier if claimed else None

    return claim


@pytest.mark.parametrize("prepare", [let_publish, let_remove])
def test_what_is_due_first_is_taken_first_and_once(
    shops: list[Deployment], prepare: Callable[..., Callable[[], str | None]]
) -> None:
    claim = prepare(shops)

    assert [claim(), claim()] == [shop.website.identifier for shop in shops]
    assert claim() is None


@pytest.mark.parametrize("prepare", [let_publish, let_remove])
def test_what_another_worker_is_taking_is_passed_over(
    shops: list[Deployment], prepare: Callable[..., Callable[[], str | None]]
) -> None:
    claim = prepare(shops)

    with transaction.atomic():
        claim()
        assert run_beside(claim) == shops[1].website.identifier


def test_what_a_worker_took_and_did_not_finish_is_due_again(shops: list[Deployment]) -> None:
    now = timezone.now()
    let_publish(shops)()
    let_remove(shops)()

    waits = [
        Website.objects.get(pk=shops[0].website_id).publish_at,
        Takedown.objects.get(pk=shops[0].website.identifier).due_at,
    ]
    assert [round((due - now) / timedelta(minutes=1), 1) for due in waits if due] == [5, 1]
