"""A change of an account that cannot be published at once is published later."""

from __future__ import annotations

from copy import copy
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from config.db.clock import database_now
from config.db.ids import new_id
from deployments.builder.base import BuildFailed
from deployments.models import Deployment, Website
from deployments.pipeline import run_due
from deployments.services.site_takedowns import restore_site, take_down_site
from deployments.services.updates import retry_update
from tests.deployments.deployment_fakes import Fakes, deploy, fail_with, make_due
from tests.deployments.shop_changes import follow, live, states, update
from tests.merchants import PartnerServer

pytestmark = pytest.mark.usefixtures("fakes")


def test_a_change_during_a_build_is_published_after_it(server: PartnerServer, fakes: Fakes) -> None:
    deployment = deploy(server)

    def change(_: object) -> None:
        fakes.builder.before = lambda build_input: None
        update(server, deployment.website.account_id, about="Changed meanwhile.")

    fakes.builder.before = change
    run_due()
    follow()

    assert states() == ["replaced", "live"]
    assert fakes.builder.build_inputs[-1].merchant.about == "Changed meanwhile."


def test_a_change_whose_build_failed_is_tried_again(server: PartnerServer, fakes: Fakes) -> None:
    website = live(server)
    fakes.builder.before = fail_with(BuildFailed("No paint"))
    update(server, website.account_id, about="New.")
    follow()
    for _ in range(3):
        make_due()
        run_due()
    assert states() == ["live", "failed"]
    shop = server.get(f"deployments/{website.identifier}").json()["data"]
    assert (shop["status"], shop["error"]) == ("live", None)
    assert (shop["update"]["status"], shop["update"]["error"]) == ("failed", "No paint")

    fakes.builder.before = lambda build_input: None
    Website.objects.update(publish_at=Now())
    run_due()
    follow()

    assert states() == ["replaced", "failed", "live"]
    assert server.get(f"deployments/{website.identifier}").json()["data"]["update"] is None


def test_a_change_waits_longer_after_each_failed_build_and_ends_with_the_fifth(
    server: PartnerServer,
) -> None:
    website, other = live(server), live(server, number=1)
    for _ in range(2):  # which do not count
        failed = copy(Deployment.objects.get(website=other, state="live"))
        failed.pk, failed.state, failed.created_at = new_id(), "failed", timezone.now()
        failed.save(force_insert=True)
    waits = [timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6), timedelta(days=1)]
    for wait in (*waits, None):
        failed = copy(Deployment.objects.get(website=website, state="live"))
        failed.pk, failed.state, failed.created_at = new_id(), "failed", timezone.now()
        failed.save(force_insert=True)
        Website.objects.update(update_at=None)
        before = database_now()
        retry_update(failed)
        website.refresh_from_db()
        assert bool(website.update_at) == bool(wait)
        if website.update_at and wait:
            assert before <= website.update_at - wait <= database_now()


def test_a_shop_that_is_taken_down_follows_when_it_is_restored(
    server: PartnerServer, fakes: Fakes
) -> None:
    website = live(server)
    take_down_site(website=website, reason="Counterfeits", actor="t")
    run_due()
    update(server, website.account_id, about="New.")
    follow()
    assert states() == ["live"]
    shop = server.get(f"deployments/{website.identifier}").json()["data"]
    assert shop["status"] == "taken_down"
    assert shop["takenDown"]["reason"] == "Counterfeits"

    restore_site(website=website, reason="Settled", actor="t")
    run_due()
    follow()

    assert states() == ["replaced", "live"]
    assert fakes.builder.build_inputs[-1].merchant.about == "New."
