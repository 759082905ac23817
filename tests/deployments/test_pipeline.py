"""From an order to a shop on the air, step by step."""

from __future__ import annotations

import io
import json
import shutil
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.utils import timezone
from PIL import Image

from config.api.clock import timestamp
from config.deadline import DeadlineExceeded
from deployments import pipeline
from deployments.addresses import preview_url, production_url
from deployments.builder.base import BuildFailed
from deployments.models import Deployment
from deployments.pipeline import run_due
from deployments.services import steps
from deployments.services.endings import work_is_due
from deployments.targets.base import PublishFailed
from integrations.models import WebhookDelivery
from tests.deployments.orders import Workshop, fail_with, install_workshop, order
from tests.merchants import PartnerServer
from tests.servers import Reply, serve

WHOLE = ["website.building", "website.created", "deployment.success"]


@pytest.fixture(autouse=True)
def workshop(monkeypatch: pytest.MonkeyPatch) -> Workshop:
    return install_workshop(monkeypatch)


def payloads() -> list[dict[str, Any]]:
    rows = WebhookDelivery.objects.order_by("position").values_list("body", flat=True)
    return [json.loads(bytes(body)) for body in rows]


def events() -> list[str]:
    return [payload["event"] for payload in payloads()]


def make_due() -> None:
    """As if the pause after a failure, or a dead worker's lease, had passed."""
    past = timezone.now() - timedelta(seconds=1)
    Deployment.objects.update(due_at=past)
    Deployment.objects.exclude(lease_until=None).update(lease_until=past)


def attempt_until_it_ends() -> Deployment:
    for _ in range(10):
        make_due()
        run_due()
    return Deployment.objects.get()


def test_a_deployment_goes_on_the_air(server: PartnerServer, workshop: Workshop) -> None:
    identifier = order(server).website.identifier

    run_due()

    deployment = Deployment.objects.get()
    assert (deployment.state, deployment.error, deployment.lease_until) == ("live", "", None)
    assert deployment.created_at < deployment.building_at < deployment.generated_at
    assert deployment.generated_at < deployment.ended_at
    assert workshop.target.calls == ["preview", "production"]
    page = "<h1>Nova Retail</h1>"
    assert set(workshop.target.on_air.items()) == {
        ((identifier, "preview"), page),
        ((identifier, "production"), page),
    }


def test_each_step_is_told_by_its_documented_webhook(server: PartnerServer) -> None:
    deployment = order(server)
    run_due()

    deployment.refresh_from_db()
    account, identifier = deployment.website.account_id, deployment.website.identifier
    common = {"accountId": account, "identifier": identifier}
    urls = {"previewUrl": preview_url(identifier)}
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
            ("productionUrl", production_url(identifier)),
            *urls.items(),
            ("message", "Website is live!"),
            ("timestamp", timestamp(deployment.ended_at)),
        ],
    ]


def test_the_builder_gets_what_was_ordered_and_who_ordered_it(
    server: PartnerServer, workshop: Workshop
) -> None:
    order(
        server,
        businessCategory=["Footwear", "Footwear", "Accessories"],
    )
    run_due()

    [brief] = workshop.builder.briefs
    assert (brief.brand_name, brief.categories) == ("Nova Retail", ("Footwear", "Accessories"))
    assert brief.production_url == production_url(brief.identifier)
    assert (brief.merchant.email, brief.merchant.phone) == (
        "merchant0@example.com",
        "+91 9000000000",
    )


def test_a_ring_without_work_changes_nothing(server: PartnerServer, workshop: Workshop) -> None:
    order(server)
    run_due()
    run_due()

    assert events() == WHOLE
    assert len(workshop.builder.briefs) == 1
    assert not work_is_due()


def test_one_ring_is_enough_for_all_that_is_due(server: PartnerServer) -> None:
    for number in range(3):
        order(server, number)

    run_due()

    assert set(Deployment.objects.values_list("state", flat=True)) == {"live"}


@pytest.mark.parametrize("part", ["builder", "target"])
def test_after_three_failures_a_sentence_tells_why(
    server: PartnerServer, workshop: Workshop, part: str
) -> None:
    reasons: dict[str, Exception] = {
        "builder": BuildFailed("The brand name cannot be drawn."),
        "target": PublishFailed("GitHub Actions deployment failed"),
    }
    getattr(workshop, part).before = fail_with(reasons[part])
    deployment = order(server)

    ended = attempt_until_it_ends()

    assert (ended.state, ended.error) == ("failed", str(reasons[part]))
    assert len(workshop.builder.briefs) == 3
    assert list(payloads()[-1].items()) == [
        ("event", "deployment.failed"),
        ("accountId", deployment.website.account_id),
        ("identifier", deployment.website.identifier),
        ("error", str(reasons[part])),
        ("timestamp", timestamp(ended.ended_at)),
    ]
    assert events() == ["website.building", "deployment.failed"]


def test_a_failure_is_tried_again_only_after_a_pause(
    server: PartnerServer, workshop: Workshop
) -> None:
    workshop.builder.before = fail_with(BuildFailed("Not now."))
    order(server)

    run_due()
    run_due()

    assert len(workshop.builder.briefs) == 1
    assert not work_is_due()
    workshop.builder.before = lambda brief: None
    make_due()
    assert work_is_due()
    run_due()
    assert events() == WHOLE


def test_each_step_has_attempts_of_its_own(server: PartnerServer, workshop: Workshop) -> None:
    left = {"preview": 2, "production": 2}

    def fail_twice(stage: str, identifier: str) -> None:
        left[stage] -= 1
        if left[stage] >= 0:
            raise PublishFailed("The website could not be stored. Please try again.")

    workshop.target.before = fail_twice
    order(server)

    assert attempt_until_it_ends().state == "live"
    assert events() == WHOLE


def test_an_error_nobody_foresaw_tells_the_partner_nothing_of_our_inside(
    server: PartnerServer, workshop: Workshop
) -> None:
    workshop.builder.before = fail_with(ZeroDivisionError("/srv/secret/path"))
    order(server)

    ended = attempt_until_it_ends()

    assert ended.error == "The website could not be built. Please try again."


def test_a_sentence_of_any_length_is_kept_as_far_as_it_fits(
    server: PartnerServer, workshop: Workshop
) -> None:
    workshop.builder.before = fail_with(BuildFailed("x" * 5000))
    order(server)

    assert attempt_until_it_ends().error == "x" * 300
    assert payloads()[-1]["error"] == "x" * 300


def test_workers_that_die_three_times_on_a_shop_give_it_up(
    server: PartnerServer, workshop: Workshop
) -> None:
    class Killed(BaseException):
        """Nothing in the pipeline catches this one."""

    workshop.builder.before = fail_with(Killed())
    order(server)
    for _ in range(3):
        make_due()
        with pytest.raises(Killed):
            run_due()

    assert attempt_until_it_ends().state == "failed"
    assert events() == ["website.building", "deployment.failed"]
    assert len(workshop.builder.briefs) == 3


def test_while_a_worker_holds_the_lease_nobody_else_goes_on(
    server: PartnerServer, workshop: Workshop
) -> None:
    rivals: list[int] = []

    def compete(brief: Any) -> None:
        run_due()
        rivals.append(len(workshop.builder.briefs))

    workshop.builder.before = compete
    order(server)
    run_due()

    assert rivals == [1]
    assert events() == WHOLE


@pytest.mark.parametrize("stage", ["preview", "production"])
def test_a_worker_that_lost_its_lease_takes_no_step(
    server: PartnerServer, workshop: Workshop, stage: str
) -> None:
    """It was away so long that another one has finished meanwhile."""
    overtaken: list[str] = []

    def be_overtaken(at: str, identifier: str) -> None:
        if at == stage and not overtaken:
            overtaken.append(at)
            make_due()
            run_due()

    workshop.target.before = be_overtaken
    order(server)
    run_due()

    assert overtaken == [stage]
    assert Deployment.objects.get().state == "live"
    assert events() == WHOLE


def test_a_lost_lease_is_noticed_before_the_public_sees_anything(
    server: PartnerServer, workshop: Workshop
) -> None:
    workshop.builder.before = lambda brief: Deployment.objects.update(lease_token="other")
    order(server)
    run_due()

    assert workshop.target.calls == []


def test_two_workers_at_once_share_the_work(server: PartnerServer, workshop: Workshop) -> None:
    for number in range(6):
        order(server, number)

    def work() -> None:
        run_due()
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(Deployment.objects.values_list("state", flat=True)) == {"live"}
    assert len(workshop.builder.briefs) == 6
    assert WebhookDelivery.objects.count() == 18


def test_a_database_that_is_away_costs_a_lease_and_no_blame(
    server: PartnerServer, workshop: Workshop
) -> None:
    workshop.builder.before = fail_with(OperationalError("the server closed the connection"))
    order(server)
    run_due()

    assert Deployment.objects.get().error == ""
    workshop.builder.before = lambda brief: None
    assert attempt_until_it_ends().state == "live"


def test_files_that_are_not_on_this_machine_are_built_again(
    server: PartnerServer, workshop: Workshop, settings: Any
) -> None:
    def fail_once(stage: str, identifier: str) -> None:
        if stage == "production" and len(workshop.builder.briefs) == 1:
            shutil.rmtree(settings.BUILDS_ROOT)
            raise PublishFailed("The disk is gone.")

    workshop.target.before = fail_once
    order(server)

    assert attempt_until_it_ends().state == "live"
    assert len(workshop.builder.briefs) == 2


@pytest.mark.parametrize("end", ["live", "failed"])
def test_nothing_of_a_build_stays_behind(
    server: PartnerServer, workshop: Workshop, settings: Any, end: str
) -> None:
    if end == "failed":
        workshop.target.before = fail_with(PublishFailed("No."))
    deployment = order(server)
    draft_of_a_dead_worker = Path(settings.BUILDS_ROOT) / f"{deployment.id}.{'0' * 24}"
    draft_of_a_dead_worker.mkdir(parents=True)

    assert attempt_until_it_ends().state == end
    assert list(Path(settings.BUILDS_ROOT).iterdir()) == []


def test_a_step_has_one_deadline_for_building_and_publishing(
    server: PartnerServer, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two would outlive the lease."""
    seen: list[float] = []

    def note(original: Callable[..., None]) -> Callable[..., None]:
        def call(*args: Any, deadline: Any) -> None:
            seen.append(deadline.at)
            original(*args, deadline=deadline)

        return call

    monkeypatch.setattr(workshop.builder, "build", note(workshop.builder.build))
    monkeypatch.setattr(workshop.target, "publish", note(workshop.target.publish))
    order(server)
    run_due()

    build, preview, production = seen
    assert build == preview < production


def test_a_step_whose_time_is_up_fails_with_these_words(
    server: PartnerServer, workshop: Workshop
) -> None:
    workshop.builder.before = fail_with(DeadlineExceeded())
    order(server)

    assert attempt_until_it_ends().error == (
        "The website took too long to build. Please try again."
    )


def test_a_logo_that_cannot_be_loaded_is_replaced_and_noted(
    server: PartnerServer, workshop: Workshop
) -> None:
    with serve(lambda request: Reply(404)) as host:
        order(server, brandLogo=f"{host.url}/logo.png")
        run_due()

    deployment = Deployment.objects.get()
    assert deployment.state == "live"
    assert deployment.notice == (
        "brandLogo was not used: the server answered with status 404; "
        "a text logo was drawn instead."
    )
    assert workshop.builder.briefs[0].logo is None


def test_a_logo_is_handed_over_as_a_png_of_our_own(
    server: PartnerServer, workshop: Workshop
) -> None:
    heads: list[bytes] = []
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(picture, "GIF")
    workshop.builder.before = lambda brief: heads.append(brief.logo.read_bytes()[:8])
    with serve(lambda request: Reply(200, picture.getvalue())) as host:
        order(server, brandLogo=f"{host.url}/logo")
        run_due()

    assert heads == [b"\x89PNG\r\n\x1a\n"]
    assert Deployment.objects.get().notice == ""


def test_a_step_backwards_is_refused(server: PartnerServer) -> None:
    deployment = order(server)
    run_due()
    deployment.refresh_from_db()

    with pytest.raises(AssertionError, match="building may not follow live"):
        steps.step_to_building(deployment)


def test_a_worker_lets_other_work_through_after_its_turn(
    server: PartnerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(pipeline, "_TURN_SECONDS", -1)
    monkeypatch.setattr(pipeline, "ring", rung.append)
    for number in range(2):
        order(server, number)

    run_due()

    assert Deployment.objects.filter(state="live").count() == 1
    assert rung == ["deployments.pipeline.run_due"]
