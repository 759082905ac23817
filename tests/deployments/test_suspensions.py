"""The shops of a deactivated partner go offline, and come back when it is reactivated."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.services.partners import deactivate_partner, reactivate_partner
from deployments.models import Deployment, Takedown, Website
from deployments.pipeline import run_due
from deployments.services.site_takedowns import take_down_site
from deployments.services.suspensions import claim_publication, publication_is_due
from deployments.services.takedowns import work_is_due
from deployments.services.transitions import claim_next, step_to_building
from integrations.models import WebhookDelivery
from tests.concurrency import overlap, run_beside
from tests.deployments.deployment_fakes import Fakes, deploy
from tests.factories import Keys
from tests.merchants import PartnerServer

pytestmark = pytest.mark.usefixtures("fakes")


def events() -> list[str]:
    return list(WebhookDelivery.objects.order_by("id").values_list("event", flat=True))


def test_live_shops_go_offline_and_come_back(
    keys: Keys, server: PartnerServer, stranger: PartnerServer, fakes: Fakes
) -> None:
    mine = [deploy(server, number).website.identifier for number in range(2)]
    other = deploy(stranger, 9).website.identifier
    run_due()
    published, sent = dict(fakes.target.published), events()
    assert len(published) == 6

    deactivate_partner(partner=keys.partner, actor="test", reason="Fraud")
    assert work_is_due()
    run_due()
    assert {identifier for identifier, _ in fakes.target.published} == {other}
    assert not Takedown.objects.exists()

    reactivate_partner(partner=keys.partner, actor="test")
    assert publication_is_due()
    run_due()

    assert fakes.target.published == published
    assert {identifier for identifier, _ in published} == {*mine, other}
    assert events() == sent, "nothing changed for the partner's merchants"
    assert not publication_is_due()


def test_a_deployment_waits_until_its_partner_is_active_again(
    keys: Keys, server: PartnerServer, fakes: Fakes
) -> None:
    deployment = deploy(server)
    deactivate_partner(partner=keys.partner, actor="test", reason="Fraud")
    run_due()
    assert fakes.target.published == {}
    assert not work_is_due()

    reactivate_partner(partner=keys.partner, actor="test")
    run_due()

    deployment.refresh_from_db()
    assert deployment.state == Deployment.State.LIVE
    assert len(fakes.target.published) == 2


def test_a_step_in_progress_does_not_publish(
    keys: Keys, server: PartnerServer, fakes: Fakes
) -> None:
    def deactivate(stage: str, identifier: str) -> None:
        if stage == "preview":
            deactivate_partner(partner=keys.partner, actor="test", reason="Fraud")

    fakes.target.before = deactivate
    deploy(server)

    run_due()

    assert fakes.target.calls == ["preview", "remove"]
    # The preview was published after the removal: it is repeated once the lease is over.
    Takedown.objects.update(due_at=Now(), until=Now())
    run_due()
    assert fakes.target.published == {}


def test_a_deactivation_waits_for_a_step_whose_lease_it_has_to_outlast(
    keys: Keys, server: PartnerServer
) -> None:
    deploy(server)
    deployment = claim_next()
    assert deployment
    Deployment.objects.update(lease_until=Now())
    deactivate = partial(deactivate_partner, partner=keys.partner, actor="test", reason="Fraud")

    assert overlap(partial(step_to_building, deployment), deactivate) is None
    until = Takedown.objects.get().until
    assert until
    assert until > timezone.now()
    assert until == Deployment.objects.get().lease_until


def test_it_is_published_only_after_its_removal(
    keys: Keys, server: PartnerServer, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(server)
    run_due()
    deactivate_partner(partner=keys.partner, actor="test", reason="Fraud")
    reactivate_partner(partner=keys.partner, actor="test")
    assert not publication_is_due()

    run_due()

    assert len(fakes.target.published) == 2


def test_a_shop_is_published_if_it_is_live_whatever_happens_to_another(
    server: PartnerServer, keys: Keys
) -> None:
    mine = deploy(server, 0).website
    run_due()
    other = deploy(server, 1).website
    Takedown.objects.create(
        identifier=other.identifier, partner_id=keys.partner.pk, due_at=timezone.now()
    )
    Website.objects.filter(pk=mine.pk).update(publish_at=Now())
    assert publication_is_due()

    Takedown.objects.all().delete()
    Deployment.objects.filter(website=other).update(state="failed")
    for website, at in ((mine, None), (other, Now())):
        Website.objects.filter(pk=website.pk).update(publish_at=at)
    assert not publication_is_due()


def test_shops_go_offline_whatever_is_removed_or_published_already(
    server: PartnerServer, keys: Keys, fakes: Fakes
) -> None:
    taken_down, due = deploy(server).website, deploy(server, 1).website
    run_due()
    take_down_site(website=taken_down, reason="Counterfeits", actor="t")
    Website.objects.filter(pk=due.pk).update(publish_at=Now())
    with transaction.atomic():
        deactivate_partner(partner=keys.partner, actor="test", reason="Fraud")
        assert run_beside(claim_publication) is None
    run_due()
    assert fakes.target.published == {}


def test_a_failure_is_repeated(keys: Keys, server: PartnerServer, fakes: Fakes) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("no storage")

    deploy(server)
    run_due()
    deactivate_partner(partner=keys.partner, actor="test", reason="Fraud")
    run_due()
    reactivate_partner(partner=keys.partner, actor="test")
    fakes.target.before = fail
    run_due()
    assert Website.objects.get().publish_at
    fakes.target.before = lambda *_: None
    Website.objects.update(publish_at=Now())

    run_due()

    assert len(fakes.target.published) == 2
