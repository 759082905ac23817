"""A deleted account takes its shop and its webhooks with it."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from deployments.models import Deployment, Takedown, Website
from deployments.pipeline import run_due
from deployments.services import transitions
from deployments.services.takedowns import work_is_due
from deployments.targets.base import PublishFailed
from integrations.models import WebhookDelivery
from tests.deployments.deployment_fakes import PATH, Fakes, deploy, fail_with, shop_body
from tests.merchants import PartnerServer

pytestmark = pytest.mark.usefixtures("fakes")


def delete(server: PartnerServer, deployment: Deployment) -> None:
    account_id = deployment.website.account_id
    response = server.delete(f"deleteAccount?accountId={account_id}")
    assert response.status_code == 200, response.content


def states() -> set[str]:
    return set(WebhookDelivery.objects.values_list("state", flat=True))


def let_a_minute_pass() -> None:
    Takedown.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_live_shop_is_taken_down(server: PartnerServer, fakes: Fakes) -> None:
    deployment = deploy(server)
    run_due()
    delete(server, deployment)
    assert work_is_due()

    run_due()

    assert fakes.target.published == {}
    assert not Takedown.objects.exists()
    assert not Website.objects.exists()


def test_its_webhooks_are_not_delivered_any_more(server: PartnerServer) -> None:
    deployment = deploy(server)
    run_due()

    delete(server, deployment)

    assert states() == {"cancelled"}
    assert WebhookDelivery.objects.count() == 3


def test_what_was_delivered_stays_delivered(server: PartnerServer) -> None:
    deployment = deploy(server)
    WebhookDelivery.objects.update(state="delivered", ended_at=timezone.now())

    delete(server, deployment)

    assert states() == {"delivered"}


def test_a_deployment_that_waits_is_never_built(server: PartnerServer, fakes: Fakes) -> None:
    delete(server, deploy(server))

    run_due()

    assert fakes.builder.build_inputs == []
    assert not Deployment.objects.exists()


def test_a_shop_that_is_being_built_is_not_published(server: PartnerServer, fakes: Fakes) -> None:
    deployment = deploy(server)
    fakes.builder.before = lambda build_input: delete(server, deployment)

    run_due()

    assert "preview" not in fakes.target.calls
    assert states() == {"cancelled"}


def test_a_shop_that_was_just_being_published_is_taken_down_again(
    server: PartnerServer, fakes: Fakes
) -> None:
    """The takedown came first; the worker that held the lease published after it."""
    deployment = deploy(server)

    def delete_and_take_down(stage: str, identifier: str) -> None:
        if stage == "preview":
            delete(server, deployment)
            run_due()

    fakes.target.before = delete_and_take_down
    run_due()
    assert fakes.target.published
    takedown = Takedown.objects.get()
    assert takedown.until
    assert takedown.due_at == takedown.until > timezone.now()

    past = timezone.now() - timedelta(seconds=1)
    Takedown.objects.update(due_at=past, until=past)
    run_due()

    assert fakes.target.published == {}
    assert not Takedown.objects.exists()


def test_nothing_of_an_unfinished_build_stays_behind(
    server: PartnerServer, fakes: Fakes, settings: Any
) -> None:
    deployment = deploy(server)
    fakes.builder.before = lambda build_input: delete(server, deployment)

    run_due()

    assert list(Path(settings.BUILDS_ROOT).iterdir()) == []


def delete_and_close(server: PartnerServer, deployment: Deployment) -> None:
    delete(server, deployment)
    connections.close_all()


def test_a_step_that_is_being_taken_leaves_no_webhook_behind(server: PartnerServer) -> None:
    deploy(server)
    deployment = transitions.claim_next()
    assert deployment
    transitions.step_to_building(deployment)
    deletion = threading.Thread(target=delete_and_close, args=(server, deployment))

    with transaction.atomic():
        transitions.step_to_created(deployment)
        deletion.start()
        deletion.join(0.3)
        assert deletion.is_alive(), "the deletion has to wait for the step"
    deletion.join()

    assert WebhookDelivery.objects.count() == 2
    assert states() == {"cancelled"}


def test_a_failed_takedown_is_retried_and_delays_no_other(
    server: PartnerServer, fakes: Fakes
) -> None:
    deployment = deploy(server, 1)
    run_due()
    delete(server, deployment)
    deploy(server, 2)
    fakes.target.before = lambda stage, identifier: (
        fail_with(PublishFailed("No."))() if stage == "remove" else None
    )
    run_due()
    assert Deployment.objects.get().state == "live"
    assert Takedown.objects.get().attempts == 1

    fakes.target.before = lambda stage, identifier: None
    let_a_minute_pass()
    run_due()

    assert not Takedown.objects.exists()
    assert {identifier for identifier, _ in fakes.target.published} == {
        Website.objects.get().identifier
    }


def test_an_account_without_a_shop_leaves_nothing_to_do(server: PartnerServer) -> None:
    deploy(server, 1)
    assert server.delete(f"deleteAccount?accountId={server.create()}").status_code == 200

    assert not Takedown.objects.exists()


def test_the_same_person_may_open_a_new_shop_later(server: PartnerServer) -> None:
    delete(server, deploy(server))
    run_due()

    assert server.post(PATH, shop_body(server.create())).status_code == 202
