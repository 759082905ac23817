"""The page of a deployment on the dashboard: its steps, and where there is something to open."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from deployments.models import Deployment
from deployments.pipeline import run_due
from deployments.site_urls import preview_url, production_url
from deployments.timeline import duration, steps_of
from integrations.models import WebhookDelivery, WebhookReceiver
from integrations.services.webhooks import claim_deliveries
from tests.deployments.dashboard_pages import LIST, page, queries
from tests.deployments.deployment_fakes import (
    SECRET,
    Fakes,
    attempt_until_it_ends,
    deploy,
    fail_with,
)
from tests.factories import Keys
from tests.integrations.outbox import claim_one, finish
from tests.merchants import PartnerServer
from tests.users import browser_of, create_user

POLLS = 'data-hx-trigger="every 3s"'


def detail(visitor: Client, deployment: Deployment) -> str:
    return page(visitor, f"{LIST}{deployment.id}/")


def titles(deployment: Deployment) -> list[tuple[str, bool]]:
    """Each step's title, and whether it was reached."""
    return [(step.title, step.at is not None) for step in steps_of(deployment)]


def test_a_queued_deployment_shows_what_is_ahead_and_looks_again_by_itself(
    visitor: Client, server: PartnerServer
) -> None:
    deployment = deploy(server)

    content = detail(visitor, deployment)
    assert titles(deployment) == [
        ("Queued", True),
        ("Building", False),
        ("Preview published", False),
        ("Live", False),
    ]
    assert "Waiting for a worker" in content
    assert POLLS in content
    assert "Refresh" in content
    assert preview_url(deployment.website) not in content


def test_a_live_deployment_is_linked_and_looks_no_more(
    visitor: Client, server: PartnerServer, fakes: Fakes
) -> None:
    deployment = deploy(server)
    run_due()
    deployment.refresh_from_db()

    content = detail(visitor, deployment)
    assert all(is_reached for _, is_reached in titles(deployment))
    assert f'href="{production_url(deployment.website)}"' in content
    assert f'href="{preview_url(deployment.website)}"' in content
    assert POLLS not in content


def test_a_failed_deployment_says_why_and_shows_the_steps_it_took(
    visitor: Client, server: PartnerServer, fakes: Fakes
) -> None:
    fakes.builder.before = fail_with(RuntimeError("secret detail"))
    deployment = deploy(server)
    deployment = attempt_until_it_ends()

    content = detail(visitor, deployment)
    assert [title for title, _ in titles(deployment)] == ["Queued", "Building", "Failed"]
    assert deployment.error in content
    assert "secret detail" not in content
    assert "Deploy again" in content
    assert POLLS not in content


def test_a_deployment_that_is_built_for_production_has_a_preview_alone(
    visitor: Client, server: PartnerServer, fakes: Fakes
) -> None:
    deployment = deploy(server)
    run_due()
    Deployment.objects.update(state="created", ended_at=None)

    content = detail(visitor, deployment)
    assert "Publishing to production" in content
    assert f'href="{preview_url(deployment.website)}"' in content
    assert f'href="{production_url(deployment.website)}"' not in content


def test_a_release_that_is_kept_can_be_fetched(
    visitor: Client, server: PartnerServer, fakes: Fakes, settings: Any, tmp_path: Any
) -> None:
    deployment = deploy(server)
    run_due()
    assert "Download files" not in detail(visitor, deployment)
    (tmp_path / "sites" / ".archives").mkdir(parents=True)
    (tmp_path / "sites" / ".archives" / f"{deployment.id}.tar.gz").write_bytes(b"packed")

    content = detail(visitor, deployment)
    [path] = [part.partition('"')[0] for part in content.split('href="') if "/archives/" in part]
    assert b"".join(cast("Any", visitor.get(path)).streaming_content) == b"packed"


def test_the_webhooks_of_a_deployment_stand_beside_it(
    visitor: Client, server: PartnerServer
) -> None:
    deployment = deploy(server)
    other = deploy(server, 1)
    [delivery] = [each for each in claim_deliveries(9) if each.stream == deployment.id]
    finish(delivery, 503)

    content = detail(visitor, deployment)
    assert reverse("webhook", args=[delivery.pk]) in content
    assert "503" in content
    assert SECRET not in content
    theirs = WebhookDelivery.objects.get(stream=other.id)
    assert reverse("webhook", args=[theirs.pk]) not in content


def test_a_deployment_leads_to_its_account_and_endpoint(
    visitor: Client, server: PartnerServer
) -> None:
    deployment = deploy(server)
    receiver = WebhookReceiver.objects.get(url=deployment.endpoint.url)

    content = detail(visitor, deployment)
    account = reverse("merchant", args=[deployment.website.account_id])
    assert re.search(rf'<a href="{account}">[^<]*[A-Za-z][^<]*</a>', content)
    assert reverse("webhook-endpoint", args=[receiver.pk]) in content


def test_a_published_shop_is_shown_by_its_own_picture(
    visitor: Client, server: PartnerServer, fakes: Fakes, settings: Any, tmp_path: Path
) -> None:
    settings.DEPLOY_TARGET, settings.SITES_ROOT = "local", str(tmp_path)
    settings.SITE_PRODUCTION_URL = "https://{identifier}.shops.example"
    deployment = deploy(server, brandName='Nova & "Sons" <b>')
    run_due()
    website = deployment.website
    assert "<img" not in visitor.get(f"{LIST}{deployment.id}/").text.partition("<main")[2]

    picture = tmp_path / website.identifier / "production" / "preview.png"
    picture.parent.mkdir(parents=True)
    picture.touch()
    response = visitor.get(f"{LIST}{deployment.id}/")

    assert f'src="https://{website.identifier}.shops.example/preview.png"' in response.text
    assert 'alt="Link preview of Nova &amp; &quot;Sons&quot; &lt;b&gt;"' in response.text
    assert "https://*.shops.example" in response.headers["Content-Security-Policy"]


def test_a_deployment_whose_events_were_purged_says_so(
    visitor: Client, server: PartnerServer
) -> None:
    deployment = deploy(server)
    WebhookDelivery.objects.all().delete()

    assert "Events of this deployment are no longer stored." in detail(visitor, deployment)


def test_a_deployments_page_takes_as_many_queries_with_three_webhooks_as_with_one(
    visitor: Client, server: PartnerServer, fakes: Fakes
) -> None:
    deployment = deploy(server)
    page(visitor, f"{LIST}{deployment.id}/")
    finish(claim_one(), 500)
    run_due()
    three = queries(lambda: visitor.get(f"{LIST}{deployment.id}/"))
    WebhookDelivery.objects.filter(position__gt=1).delete()

    assert queries(lambda: visitor.get(f"{LIST}{deployment.id}/")) == three


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.04, "0.0 s"), (59.9, "59.9 s"), (125, "2 min 5 s"), (-1, "0.0 s")]
)
def test_durations_read_like_a_person_says_them(seconds: float, words: str) -> None:
    assert duration(timedelta(seconds=seconds)) == words


def press(visitor: Client, content: str, act: str) -> str:
    """Press a button of the page and return the page that follows."""
    [path] = re.findall(rf'action="({LIST}\w+/{act}/)"', content)
    followed = visitor.post(path, follow=True)
    assert followed.status_code == 200
    return str(followed.content.decode())


def test_a_shop_is_built_again_rolled_back_and_cancelled_on_its_page(
    keys: Keys, visitor: Client, server: PartnerServer, fakes: Fakes
) -> None:
    first = deploy(server, externalId="o-77", metadata={"plan": "gold"})
    run_due()
    live = detail(visitor, first)
    assert "/rollback/" not in live  # there is no earlier release
    assert "o-77" in live
    assert "gold" in live

    started = press(visitor, live, "rebuild")
    assert "Rebuild started." in started
    assert "A deployment of this shop is running." in press(visitor, live, "rebuild")
    assert "Deployment cancelled." in press(visitor, started, "cancel")
    cancelled = Deployment.objects.latest("created_at")
    assert "Deployment started." in press(visitor, detail(visitor, cancelled), "retry")
    run_due()
    assert Deployment.objects.latest("created_at").state == "live"
    assert "retry" not in detail(visitor, cancelled)

    first.refresh_from_db()
    assert "Publish this release again" in detail(visitor, first)
    press(visitor, detail(visitor, Deployment.objects.get(state="live")), "rollback")
    run_due()
    restored = Deployment.objects.get(state="live")
    assert (restored.reason, restored.restores) == ("rollback", first)
    actors = AuditEntry.objects.filter(action__startswith="deployment.").values_list("actor")
    assert {actor for (actor,) in actors if "@" in actor} == {
        User.objects.get(pk=visitor.session["_auth_user_id"]).email
    }

    viewer = browser_of(create_user(keys.partner, "viewer"))
    assert viewer.post(f"{LIST}{restored.id}/rebuild/").status_code == 403
