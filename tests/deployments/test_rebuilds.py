"""Failed deployments are retried, live shops are built again, running builds are cancelled."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.services.locks import PartnerInactive
from accounts.services.partners import deactivate_partner
from config.db.ids import new_id
from deployments.builder.base import BuildFailed
from deployments.models import Deployment
from deployments.pipeline import run_due
from deployments.services.locks import DeploymentConflict
from deployments.services.rebuilds import (
    DeploymentEnded,
    WebsiteNotLive,
    cancel_deployment,
    rebuild_site,
    retry_deployment,
)
from deployments.services.rollbacks import roll_back_site
from deployments.services.site_takedowns import restore_site, take_down_site
from deployments.services.updates import retry_update, schedule_update
from integrations.models import WebhookDelivery
from tests.concurrency import run_concurrently
from tests.deployments.deployment_fakes import WHOLE, Fakes, deploy, fail_with, make_due, payloads
from tests.deployments.shop_changes import end_leases, live, states
from tests.merchants import PartnerServer

pytestmark = pytest.mark.usefixtures("fakes")


def event_names(deployment: Deployment) -> list[str]:
    rows = WebhookDelivery.objects.filter(stream=deployment.pk).order_by("position")
    return list(rows.values_list("event", flat=True))


def fail(server: PartnerServer, fakes: Fakes) -> Deployment:
    fakes.builder.before = fail_with(BuildFailed("No logo"))
    deployment = deploy(server)
    for _ in range(4):
        make_due()
        run_due()
    fakes.builder.before = lambda build_input: None
    deployment.refresh_from_db()
    assert deployment.state == "failed"
    return deployment


def test_a_live_shop_is_built_again_and_visitors_keep_the_former_release_meanwhile(
    server: PartnerServer, fakes: Fakes
) -> None:
    website = live(server)
    seen: list[Any] = []
    fakes.builder.before = lambda build_input: seen.append(
        (states(), dict(fakes.target.published), build_input.identifier)
    )
    update = rebuild_site(website=website, actor="asha@shopiq.test")
    run_due()

    [(during, published, identifier)] = seen
    assert during == ["live", "building"]
    assert len(published) == 2
    assert identifier == website.identifier
    assert states() == ["replaced", "live"]
    assert event_names(update) == WHOLE
    own = [each for each in payloads() if "reason" in each]
    assert [each["reason"] for each in own] == ["update"] * 3
    assert {each["identifier"] for each in own} == {website.identifier}
    entry = AuditEntry.objects.get(action="deployment.rebuilt")
    assert (entry.actor, entry.target) == ("asha@shopiq.test", update.pk)


def test_a_failed_update_leaves_the_former_release_to_the_visitors(
    server: PartnerServer, fakes: Fakes
) -> None:
    website = live(server)
    before = dict(fakes.target.published)
    fakes.target.before = lambda stage, _: fakes.target.published.update(
        {(website.identifier, stage): "half of the new one"}
    )
    rebuild_site(website=website, actor="t")
    fakes.builder.before = fail_with(BuildFailed("No logo"))
    for _ in range(4):
        make_due()
        run_due()
    assert states() == ["live", "failed"]
    fakes.builder.before = lambda build_input: None
    fakes.target.before = lambda stage, _: None
    run_due()
    assert fakes.target.published == before
    [told_of] = [each for each in payloads() if each["event"] == "deployment.failed"]
    assert told_of["reason"] == "update"


def test_a_shop_is_built_again_once_at_a_time(server: PartnerServer) -> None:
    website = live(server)

    def rebuild(_: int) -> bool:
        try:
            return bool(rebuild_site(website=website, actor="t"))
        except DeploymentConflict:
            return False

    results = run_concurrently(4, rebuild)

    assert sorted(results) == [False, False, False, True]
    assert states() == ["live", "queued"]


def test_what_happens_to_a_shop_leaves_the_others_of_its_partner_alone(
    server: PartnerServer,
) -> None:
    website, other = live(server), deploy(server, 1).website
    run_due()
    schedule_update(account=website.account)
    failed = rebuild_site(website=website, actor="t")
    cancel_deployment(deployment=failed, actor="t")
    failed.created_at = timezone.now()
    failed.save(update_fields=["created_at"])
    retry_update(failed)
    take_down_site(website=website, reason="Fraud", actor="t")
    restore_site(website=website, reason="", actor="t")

    website.refresh_from_db()
    other.refresh_from_db()
    assert website.update_at
    assert website.publish_at
    assert (other.update_at, other.publish_at, other.taken_down_at) == (None, None, None)


def test_a_failed_deployment_is_retried_with_the_same_identifier(
    server: PartnerServer, fakes: Fakes
) -> None:
    failed = fail(server, fakes)
    earlier = copy(failed)
    earlier.pk, earlier.created_at = new_id(), failed.created_at - timedelta(days=1)
    earlier.save(force_insert=True)
    with pytest.raises(DeploymentConflict, match="Only the newest deployment"):
        retry_deployment(deployment=earlier, actor="t")
    new = retry_deployment(deployment=failed, actor="t")
    assert AuditEntry.objects.get(action="deployment.retried").target == new.pk
    run_due()
    new.refresh_from_db()
    assert (new.state, new.website_id, new.reason) == ("live", failed.website_id, "first")
    assert all("reason" not in each for each in payloads())
    with pytest.raises(DeploymentConflict):
        retry_deployment(deployment=failed, actor="t")


def test_only_what_its_state_allows(server: PartnerServer) -> None:
    queued = deploy(server)
    with pytest.raises(WebsiteNotLive, match="Only a live shop can be built again"):
        rebuild_site(website=queued.website, actor="t")
    with pytest.raises(DeploymentConflict):
        retry_deployment(deployment=queued, actor="t")
    run_due()
    with pytest.raises(DeploymentConflict, match="Only the newest deployment"):
        retry_deployment(deployment=queued, actor="t")
    running = rebuild_site(website=queued.website, actor="t")
    with pytest.raises(DeploymentEnded, match="This deployment has ended"):
        cancel_deployment(deployment=queued, reason="Late", actor="t")
    running.refresh_from_db()
    assert running.state == "queued"
    run_due()
    take_down_site(website=queued.website, reason="Counterfeits", actor="t")
    with pytest.raises(DeploymentConflict, match="Restore it first"):
        rebuild_site(website=queued.website, actor="t")


def test_shops_of_an_inactive_partner_are_not_built(server: PartnerServer, fakes: Fakes) -> None:
    failed = fail(server, fakes)
    website = live(server, number=1)
    deactivate_partner(partner=website.partner, actor="t", reason="Fraud")
    acts: list[Callable[[], object]] = [
        lambda: retry_deployment(deployment=failed, actor="t"),
        lambda: rebuild_site(website=website, actor="t"),
        lambda: roll_back_site(website=website, actor="t"),
    ]
    for act in acts:
        with pytest.raises(PartnerInactive):
            act()


@pytest.mark.parametrize("stage", ["preview", "production"])
def test_a_cancelled_first_build_leaves_nothing_on_the_air(
    server: PartnerServer, fakes: Fakes, stage: str
) -> None:
    deployment = deploy(server)

    def cancel(at: str, _: str) -> None:
        if at == stage:
            cancel_deployment(deployment=deployment, reason="Wrong brand", actor="t")

    fakes.target.before = cancel
    run_due()
    # Its worker was publishing at that moment: what it published goes when the lease is over.
    with_lease = Deployment.objects.get()
    assert (with_lease.state, with_lease.lease_until) == ("failed", None)
    end_leases()
    run_due()
    assert fakes.target.published == {}
    assert payloads()[-1]["error"] == "Cancelled by ShopIQ staff: Wrong brand"


def test_a_cancelled_update_gives_visitors_the_former_release_back(
    server: PartnerServer, fakes: Fakes
) -> None:
    website = live(server)
    before = dict(fakes.target.published)
    update = rebuild_site(website=website, actor="t")

    def cancel(at: str, _: str) -> None:
        if at == "production" and Deployment.objects.running().exists():
            cancel_deployment(deployment=update, reason="Wrong brand", actor="t")
            fakes.target.published[website.identifier, "production"] = "the new one"

    fakes.target.before = cancel
    run_due()
    assert states() == ["live", "failed"]
    end_leases()
    run_due()
    assert fakes.target.published == before
