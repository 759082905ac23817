"""A shop that is taken down is offline at once, until it is restored."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from deployments.models import Deployment, Takedown
from deployments.pipeline import run_due
from deployments.services.site_takedowns import restore_site, take_down_site
from deployments.services.transitions import claim_next
from tests.deployments.deployment_fakes import Fakes, deploy
from tests.deployments.shop_changes import end_leases, live, states
from tests.merchants import PartnerServer
from tests.users import create_user

pytestmark = pytest.mark.usefixtures("fakes")


def test_a_shop_that_is_taken_down_goes_at_once_and_comes_back(
    server: PartnerServer, fakes: Fakes, mailoutbox: list[Any]
) -> None:
    website = live(server)
    create_user(website.partner, "owner", "owner@nova.test")
    before = dict(fakes.target.published)
    take_down_site(website=website, reason="Counterfeits", actor="asha@shopiq.test")
    run_due()
    assert fakes.target.published == {}
    assert server.get(f"deployments/{website.identifier}").status_code == 200
    restore_site(website=website, reason="Proved the licence", actor="asha@shopiq.test")
    run_due()
    assert fakes.target.published == before
    entries = AuditEntry.objects.filter(action__startswith="shop.").order_by("at")
    assert [(each.action, each.detail["reason"]) for each in entries] == [
        ("shop.taken_down", "Counterfeits"),
        ("shop.restored", "Proved the licence"),
    ]
    assert [mail.to for mail in mailoutbox] == [["owner@nova.test"]] * 2
    assert "Counterfeits" in mailoutbox[0].body


def test_a_deployment_of_a_shop_that_is_taken_down_waits(
    server: PartnerServer, fakes: Fakes
) -> None:
    deployment = deploy(server)
    take_down_site(website=deployment.website, reason="Counterfeits", actor="t")
    run_due()
    assert fakes.target.published == {}
    restore_site(website=deployment.website, reason="Fine", actor="t")
    run_due()
    assert len(fakes.target.published) == 2


def test_a_shop_taken_down_while_it_is_published_does_not_stay_up(
    server: PartnerServer, fakes: Fakes
) -> None:
    deployment = deploy(server)
    fakes.target.before = lambda stage, _: (
        take_down_site(website=deployment.website, reason="Counterfeits", actor="t")
        if stage == "preview"
        else None
    )
    run_due()
    end_leases()
    run_due()
    assert fakes.target.published == {}
    assert Deployment.objects.get().state in ("building", "created")


def test_only_a_step_of_the_shop_itself_has_to_end_before_its_removal_is_done(
    server: PartnerServer,
) -> None:
    website = live(server)
    deploy(server, 1)
    assert claim_next()
    take_down_site(website=website, reason="Counterfeits", actor="t")
    assert Takedown.objects.get().until is None


def test_operators_have_commands(server: PartnerServer, fakes: Fakes) -> None:
    identifier = live(server).identifier
    call_command("rebuild_site", identifier, stdout=StringIO())
    with pytest.raises(CommandError, match="is running"):
        call_command("rebuild_site", identifier)
    run_due()
    assert states() == ["replaced", "live"]
    call_command("take_down_site", identifier, reason="Counterfeits", stdout=StringIO())
    # At once: no worker has run.
    assert fakes.target.published == {}
    call_command("restore_site", identifier, reason="Licensed", stdout=StringIO())
    run_due()
    assert len(fakes.target.published) == 2
    with pytest.raises(CommandError, match="not found"):
        call_command("rebuild_site", "nothing-here")
