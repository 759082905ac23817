"""The worker hears at once of what it can build, publish or remove."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.services.partners import deactivate_partner, reactivate_partner
from deployments import jobs
from deployments.pipeline import run_due
from deployments.services.rebuilds import cancel_deployment, rebuild_site
from deployments.services.site_takedowns import restore_site, take_down_site
from tests.deployments.deployment_fakes import deploy, install_fakes, queued
from tests.factories import Keys
from tests.merchants import PartnerServer


def test_each_change_notifies_the_worker(
    keys: Keys, server: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_fakes(monkeypatch)
    deployment = deploy(server)
    assert queued(jobs.run_deployments) == 1
    run_due()
    website, partner, account = deployment.website, keys.partner, deployment.website.account_id
    changes: list[Callable[[], object]] = [
        lambda: cancel_deployment(deployment=rebuild_site(website=website, actor="t"), actor="t"),
        lambda: take_down_site(website=website, reason="Fraud", actor="t"),
        lambda: restore_site(website=website, reason="", actor="t"),
        lambda: deactivate_partner(partner=partner, actor="t", reason="Fraud"),
        lambda: reactivate_partner(partner=partner, actor="t"),
        lambda: server.put("updateAccount", {"accountId": account, "about": "New."}),
        lambda: server.delete(f"deleteAccount?accountId={account}"),
    ]
    counts = []
    for change in changes:
        before = queued(jobs.run_deployments)
        change()
        counts.append(queued(jobs.run_deployments) - before)
        run_due()
    # An ordered build and its end; the shops of a partner and those of its sandbox.
    assert counts == [2, 1, 1, 2, 2, 1, 1]
