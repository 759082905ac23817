"""What the worker does for one shop leaves the others as they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from deployments.models import Deployment, SiteDomain, Takedown, Website
from deployments.pipeline import run_due
from deployments.services.domains import claim_check, finish_check
from deployments.services.rebuilds import cancel_deployment, rebuild_site
from deployments.services.sandbox_sites import delete_test_site
from deployments.services.suspensions import claim_publication, finish_publication
from deployments.services.takedowns import claim_takedown, finish_takedown, schedule_removal
from deployments.services.transitions import claim_next, record_failure
from deployments.services.updates import schedule_update, update_next_shop
from tests.deployments.deployment_fakes import deploy, install_fakes
from tests.factories import Keys, partner_with_keys
from tests.merchants import PartnerServer
from tests.rows import count_changed

WEBSITE, DEPLOYMENT = {"deployments_website": 1}, {"deployments_deployment": 1}


@pytest.fixture
def website(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Website:
    """Return one of the live shops of two companies, each with a domain."""
    install_fakes(monkeypatch)
    for place, each in enumerate((keys, partner_with_keys(name="Other"))):
        server = PartnerServer(each.management)
        for number in (2 * place, 2 * place + 1):
            account_id = deploy(server, number).website.account_id
            server.put("updateAccount", {"accountId": account_id, "domains": [f"{number}.test"]})
    run_due()
    Website.objects.update(update_at=None, publish_at=None)
    return Website.objects.of(keys.partner.pk).earliest("pk")


def count(change: Callable[[], object]) -> dict[str, int]:
    return dict(count_changed(change))


def test_publications(website: Website) -> None:
    Website.objects.update(publish_at=Now())
    Website.objects.filter(pk=website.pk).update(publish_at=Now() - timedelta(days=1))

    assert count(claim_publication) == WEBSITE
    live = Deployment.objects.get(website=website)
    assert count(lambda: finish_publication(live)) == WEBSITE
    assert Website.objects.get(publish_at=None) == website


def test_removals(website: Website) -> None:
    for each in Website.objects.all():
        schedule_removal(each, until=None)
    Takedown.objects.filter(identifier=website.identifier).update(due_at=Now() - timedelta(days=1))

    assert count(claim_takedown) == {"deployments_takedown": 1}
    mine = Takedown.objects.get(identifier=website.identifier)
    assert mine.attempts == 1
    until = mine.due_at + timedelta(hours=1)
    changed = count(lambda: schedule_removal(website, until=until))
    assert changed == {"deployments_takedown": 1}
    assert count(lambda: finish_takedown(mine)) == {"deployments_takedown": 1}
    assert Takedown.objects.get(identifier=website.identifier).due_at == until
    Takedown.objects.update(until=None)
    assert count(lambda: finish_takedown(mine)) == {"deployments_takedown": 1}
    assert not Takedown.objects.filter(identifier=website.identifier).exists()


def test_checks_of_domains(website: Website) -> None:
    one = {"deployments_sitedomain": 1}
    SiteDomain.objects.filter(website=website).update(check_at=Now() - timedelta(days=1))

    assert count(claim_check) == one
    domain = SiteDomain.objects.get(website=website)
    assert domain.checks == 1
    assert count(lambda: finish_check(domain=domain, error="none")) == one
    assert count(lambda: finish_check(domain=domain, error="")) == one
    domain.refresh_from_db()
    changed = count(lambda: finish_check(domain=domain, error="", origin="https://0.test"))
    assert changed == {**one, **WEBSITE}


def test_builds(website: Website) -> None:
    sibling = Website.objects.of(website.partner_id).latest("pk")
    for each in (website, sibling):
        rebuild_site(website=each, actor="t")
    mine = Deployment.objects.filter(website=website)
    mine.filter(state="queued").update(due_at=Now() - timedelta(days=1))

    assert count(claim_next) == DEPLOYMENT
    claimed = mine.get(lease_until__isnull=False)
    assert count(lambda: record_failure(claimed, error="none")) == DEPLOYMENT
    claimed.refresh_from_db()
    claimed.attempts = 9
    changed = count(lambda: record_failure(claimed, error="none"))
    assert changed == {**DEPLOYMENT, **WEBSITE}
    other = Deployment.objects.get(website=sibling, state="queued")
    Deployment.objects.filter(pk=other.pk).update(lease_until=Now() + timedelta(minutes=1))
    changed = count(lambda: cancel_deployment(deployment=other, actor="t"))
    assert changed == {**DEPLOYMENT, **WEBSITE}


def test_updates(website: Website) -> None:
    changed = count(lambda: schedule_update(account=website.account))
    assert changed == WEBSITE
    last = Website.objects.latest("pk")
    Website.objects.update(update_at=Now())
    Website.objects.filter(pk=last.pk).update(update_at=Now() - timedelta(days=1))

    assert count(update_next_shop) == WEBSITE
    assert Website.objects.get(update_at=None) == last
    Website.objects.update(update_at=None)
    assert update_next_shop() is False


def test_old_test_shops(keys: Keys) -> None:
    server = PartnerServer(keys.management_test)
    first, _ = (deploy(server, number) for number in range(2))

    changed = count(lambda: delete_test_site(website=first.website))

    assert changed == {
        "accounts_account": 1,
        **DEPLOYMENT,
        **WEBSITE,
        "integrations_webhookdelivery": 1,
    }
