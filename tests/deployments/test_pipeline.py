"""From a request to a published shop, step by step."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django_q.models import OrmQ
from PIL import Image

from config.api.timestamps import timestamp
from config.jobs.queue import task_path
from deployments import pipeline
from deployments.jobs import run_deployments
from deployments.models import Deployment, Website
from deployments.pipeline import run_due
from deployments.services import transitions
from deployments.services.takedowns import work_is_due
from deployments.site_urls import preview_url, production_url
from tests.deployments.deployment_fakes import WHOLE, Fakes, deploy, events, payloads
from tests.merchants import PartnerServer
from tests.servers import Reply, serve

pytestmark = pytest.mark.usefixtures("fakes")


def test_a_deployment_is_published(server: PartnerServer, fakes: Fakes) -> None:
    identifier = deploy(server).website.identifier

    run_due()

    deployment = Deployment.objects.get()
    assert (deployment.state, deployment.error, deployment.lease_until) == ("live", "", None)
    times = [deployment.created_at, deployment.building_at, deployment.generated_at]
    times.append(deployment.ended_at)
    assert None not in times
    assert times == sorted(set(filter(None, times)))
    assert fakes.target.calls == ["preview", "production"]
    page = "<h1>Nova Retail</h1>"
    assert set(fakes.target.published.items()) == {
        ((identifier, "preview"), page),
        ((identifier, "production"), page),
    }


def test_each_step_sends_its_documented_webhook(server: PartnerServer) -> None:
    deployment = deploy(server)
    run_due()

    deployment.refresh_from_db()
    account, identifier = deployment.website.account_id, deployment.website.identifier
    common = {"accountId": account, "identifier": identifier}
    urls = {"previewUrl": preview_url(deployment.website)}
    assert [list(payload.items()) for payload in payloads()] == [
        [
            ("event", "website.building"),
            *common.items(),
            ("message", "AI is building your website..."),
            ("timestamp", timestamp(deployment.created_at)),
        ],
        [
            ("event", "website.created"),
            *common.items(),
            *urls.items(),
            ("message", "Website created. Deploying to production..."),
            ("timestamp", timestamp(deployment.generated_at)),
        ],
        [
            ("event", "deployment.success"),
            *common.items(),
            ("productionUrl", production_url(deployment.website)),
            *urls.items(),
            ("message", "Website is live!"),
            ("timestamp", timestamp(deployment.ended_at)),
        ],
    ]


def test_the_builder_gets_what_was_ordered_and_who_ordered_it(
    server: PartnerServer, fakes: Fakes
) -> None:
    deploy(
        server,
        businessCategory=["Footwear", "Footwear", "Accessories"],
    )
    run_due()

    [build_input] = fakes.builder.build_inputs
    assert build_input.brand_name == "Nova Retail"
    assert build_input.categories == ("Footwear", "Accessories")
    assert build_input.production_url == production_url(Website.objects.get())
    assert (build_input.merchant.email, build_input.merchant.phone) == (
        "merchant0@example.com",
        "+91 9000000000",
    )


def test_a_message_without_work_changes_nothing(server: PartnerServer, fakes: Fakes) -> None:
    deploy(server)
    run_due()
    run_due()

    assert events() == WHOLE
    assert len(fakes.builder.build_inputs) == 1
    assert not work_is_due()


def test_one_message_is_enough_for_everything_due(server: PartnerServer) -> None:
    for number in range(3):
        deploy(server, number)

    run_due()

    assert set(Deployment.objects.values_list("state", flat=True)) == {"live"}


def test_a_logo_that_cannot_be_loaded_is_replaced_and_noted(
    server: PartnerServer, fakes: Fakes
) -> None:
    with serve(lambda request: Reply(404)) as host:
        deploy(server, brandLogo=f"{host.url}/logo.png")
        run_due()

    deployment = Deployment.objects.get()
    assert deployment.state == "live"
    assert deployment.notice == (
        "brandLogo was not used: the server answered with status 404; "
        "a text logo was drawn instead."
    )
    assert fakes.builder.build_inputs[0].logo is None


def test_a_logo_is_handed_over_as_a_png_of_our_own(server: PartnerServer, fakes: Fakes) -> None:
    heads: list[bytes] = []
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(picture, "GIF")
    fakes.builder.before = lambda given: heads.append((given.logo or Path()).read_bytes()[:8])
    with serve(lambda request: Reply(200, picture.getvalue())) as host:
        deploy(server, brandLogo=f"{host.url}/logo")
        run_due()

    assert heads == [b"\x89PNG\r\n\x1a\n"]
    assert Deployment.objects.get().notice == ""


def test_a_step_backwards_is_refused(server: PartnerServer) -> None:
    deployment = deploy(server)
    run_due()
    deployment.refresh_from_db()

    with pytest.raises(AssertionError, match="building may not follow live"):
        transitions.step_to_building(deployment)


def test_a_worker_lets_other_work_through_after_its_turn(
    server: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "_TURN_SECONDS", -1)
    for number in range(2):
        deploy(server, number)
    OrmQ.objects.all().delete()

    run_deployments()
    assert Deployment.objects.filter(state="live").count() == 1
    assert [message.func() for message in OrmQ.objects.all()] == [task_path(run_deployments)]

    OrmQ.objects.all().delete()
    monkeypatch.undo()
    run_deployments()
    assert not OrmQ.objects.exists()
