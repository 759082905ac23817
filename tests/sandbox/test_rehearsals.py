"""`X-ShopIQ-Simulate`: a test call ends as a live one might, with the documented answer."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import structlog

from billing.models import Charge, PointBucket
from deployments.models import Deployment
from deployments.pipeline import run_due
from imaging.models import ImageOperation
from tests.conftest import Post
from tests.deployments.deployment_fakes import RECEIVER, Fakes, events, payloads
from tests.factories import Keys
from tests.merchants import PartnerServer
from tests.test_isolation import DEPLOY

CREATE = "/partner/v1/image/create"
ENHANCE = "/partner/v1/image/enhance"
OPERATIONS = "/partner/v1/image/operations"
BODIES: dict[str, dict[str, Any]] = {
    CREATE: {"prompt": "a teal vase"},
    ENHANCE: {"images": ["https://example.com/a.png"], "mode": "thinking"},
}
ANSWERS = [
    (CREATE, "safety", 422, "Image generation was blocked by safety filters: prohibited content"),
    (ENHANCE, "safety", 422, "Enhancement blocked by safety filters: prohibited content"),
    (
        *(CREATE, "busy", 503),
        "Service temporarily unavailable due to high demand. Please retry in a few seconds.",
    ),
    (ENHANCE, "busy", 503, "Service temporarily unavailable. Please retry shortly."),
    (CREATE, "failed", 500, "Image generation failed. Please try again."),
    (ENHANCE, "failed", 500, "Image enhancement failed. Please try again."),
    (
        *(CREATE, "insufficient", 402),
        "Insufficient points. Required: 8 (starter tier, fast mode), Available: 0. "
        "Please top up your account.",
    ),
    (CREATE, "rate_limit", 429, "Rate limit exceeded: 100000 requests per minute"),
    (CREATE, "expired", 401, "API key has expired"),
]


@pytest.mark.parametrize(("path", "name", "status", "message"), ANSWERS)
def test_a_test_call_gets_the_documented_answer(
    keys: Keys, post: Post, path: str, name: str, status: int, message: str
) -> None:
    answer = post(path, BODIES[path], keys.test, **{"X-ShopIQ-Simulate": name})

    assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert not ImageOperation.objects.exists()
    if status in (429, 503):
        assert answer.headers["Retry-After"] == str(answer.json()["retryAfter"])
    if status == 429:
        assert '"minute";r=0' in answer.headers["RateLimit"]
    if status == 402:
        assert {**answer.json(), "required": 8, "available": 0, "tier": "starter"} == answer.json()


@pytest.mark.parametrize(
    ("path", "name", "failure", "code"),
    [
        (CREATE, "safety", "blocked", "blocked_by_safety_filters"),
        (ENHANCE, "busy", "busy", "service_unavailable"),
        (CREATE, "failed", "failed", "generation_failed"),
    ],
)
def test_a_call_that_is_not_waited_for_fails_by_its_event(
    keys: Keys, post: Post, get: Post, path: str, name: str, failure: str, code: str
) -> None:
    headers = {"X-ShopIQ-Simulate": name, "Prefer": "respond-async"}
    waited = post(path, BODIES[path], keys.test, **{"X-ShopIQ-Simulate": name}).json()
    body = {**BODIES[path], "webhookUrl": RECEIVER, "externalId": "o-1"}
    answer = post(path, body, keys.test, **headers)

    assert (answer.status_code, answer.json()["data"]["state"]) == (202, "refunded")
    [listed] = get(OPERATIONS + "?state=refunded", keys.test).json()["data"]
    assert listed["operationId"] == answer.json()["data"]["operationId"]
    assert (listed["failure"], listed["imageUrls"]) == (failure, [])
    assert get(OPERATIONS + "?state=succeeded", keys.test).json()["data"] == []
    [event] = payloads()
    assert (event["event"], event["testMode"], event["externalId"]) == ("image.failed", True, "o-1")
    assert event["error"] == listed["error"] == {"code": code, "message": waited["message"]}
    refused = post(path, body, keys.test, **{**headers, "X-ShopIQ-Simulate": "insufficient"})
    assert refused.status_code == 402


def test_slow_answers_late(keys: Keys, post: Post, settings: Any) -> None:
    settings.SIMULATED_SLOW_SECONDS = 0.3
    started = time.monotonic()
    answer = post(CREATE, BODIES[CREATE], keys.test, **{"X-ShopIQ-Simulate": "slow"})

    assert time.monotonic() - started >= 0.3
    assert (answer.status_code, answer.json()["data"]["testMode"]) == (200, True)
    assert ImageOperation.objects.count() == 1


def test_an_unknown_value_is_refused_with_all_names(
    keys: Keys, post: Post, sandbox: PartnerServer
) -> None:
    image = post(CREATE, BODIES[CREATE], keys.test, **{"X-ShopIQ-Simulate": "nonsense"})
    shop = sandbox.post("createAndDeploy", DEPLOY, **{"X-ShopIQ-Simulate": "safety"})

    assert image.status_code == shop.status_code == 400
    assert image.json()["code"] == shop.json()["code"] == "invalid_simulation"
    assert image.json()["message"] == (
        "X-ShopIQ-Simulate must be safety, busy, failed, insufficient, rate_limit, expired or slow"
    )
    assert shop.json()["message"] == (
        "X-ShopIQ-Simulate must be fail_building, fail_deploying or slow"
    )
    assert not ImageOperation.objects.exists()


def test_live_keys_ignore_it_and_the_log_says_so(
    keys: Keys, post: Post, server: PartnerServer
) -> None:
    with structlog.testing.capture_logs() as lines:
        image = post(CREATE, BODIES[CREATE], keys.live, **{"X-ShopIQ-Simulate": "failed"})
        account = server.create()
        body = {**DEPLOY, "accountId": account}
        shop = server.post("createAndDeploy", body, **{"X-ShopIQ-Simulate": "nonsense"})

    assert (image.status_code, shop.status_code) == (200, 202)
    assert Charge.objects.get().state == "succeeded"
    assert PointBucket.objects.get().remaining < 100_000
    assert not Deployment.objects.get().simulation
    said = [line for line in lines if line["event"] == "simulation ignored for a live key"]
    assert [line["value"] for line in said] == ["failed", "nonsense"]


def deploy(by: PartnerServer, simulation: str) -> Deployment:
    body = {**DEPLOY, "accountId": by.create()}
    answer = by.post("createAndDeploy", body, **{"X-ShopIQ-Simulate": simulation})
    assert answer.status_code == 202
    return Deployment.objects.get()


@pytest.mark.parametrize(
    ("simulation", "names", "error"),
    [
        (
            *("fail_building", ["website.building", "deployment.failed"]),
            "The website could not be built. Please try again.",
        ),
        (
            *("fail_deploying", ["website.building", "website.created", "deployment.failed"]),
            "GitHub Actions deployment failed",
        ),
    ],
)
def test_a_test_deployment_fails_at_the_step(
    sandbox: PartnerServer, fakes: Fakes, simulation: str, names: list[str], error: str
) -> None:
    deployment = deploy(sandbox, simulation)
    run_due()

    deployment.refresh_from_db()
    assert (deployment.state, deployment.error) == ("failed", error)
    assert events() == names
    last = payloads()[-1]
    assert list(last) == ["event", "accountId", "identifier", "error", "timestamp", "testMode"]
    assert last["error"] == error


def test_a_failed_rehearsal_can_be_repeated_as_a_real_one(
    sandbox: PartnerServer, fakes: Fakes
) -> None:
    deployment = deploy(sandbox, "fail_building")
    run_due()
    body = {**DEPLOY, "accountId": deployment.website.account_id}
    again = sandbox.post("createAndDeploy", body)
    run_due()

    assert again.json()["identifier"] == deployment.website.identifier
    assert Deployment.objects.get(state="live").website_id == deployment.website_id


def test_a_slow_deployment_waits_a_minute(sandbox: PartnerServer, fakes: Fakes) -> None:
    deployment = deploy(sandbox, "slow")
    run_due()

    deployment.refresh_from_db()
    assert deployment.state == "queued"
    assert deployment.due_at - deployment.created_at == timedelta(minutes=1)
    assert events() == ["website.building"]
