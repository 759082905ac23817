"""What GitHub refuses, delays or leaves unanswered when a shop is published."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from config.egress.deadline import DeadlineExceeded
from deployments.targets.base import PublishFailed, Release
from deployments.targets.github_actions import FAILURE
from tests.deployments.fakes.github import FakeGitHub
from tests.deployments.fakes.shops import make_release
from tests.deployments.workflow_releases import Make, publish
from tests.servers import Reply
from tests.waiting import SOON


def test_a_dispatch_whose_response_was_lost_is_not_repeated(
    make: Make, github: FakeGitHub, release: Release
) -> None:
    github.loses = True

    publish(make(), release)

    assert github.dispatched == ["[one production 1]"]


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_a_refused_dispatch_fails_at_once(
    make: Make, github: FakeGitHub, release: Release, status: int
) -> None:
    github.dispatch_replies = [Reply(status, b'{"message": "secret words"}')]

    with pytest.raises(PublishFailed) as caught:
        publish(make(), release)
    assert str(caught.value) == FAILURE
    assert github.dispatched == []


@pytest.mark.parametrize(
    "change",
    [{"token": "wrong"}, {"repository": "shopiq/other"}, {"workflow": "no.yml"}, {"ref": "no"}],
)
def test_a_wrong_setting_is_a_failure(make: Make, release: Release, change: dict[str, str]) -> None:
    with pytest.raises(PublishFailed):
        publish(make(**change), release)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (429, {"Retry-After": "0"}),
        (403, {"Retry-After": "0"}),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1700000000"}),
    ],
)
def test_a_rate_limit_is_waited_for(
    make: Make, github: FakeGitHub, release: Release, status: int, headers: dict[str, str]
) -> None:
    github.dispatch_replies = [Reply(status, b"{}", headers)]
    github.read_replies = [Reply(status, b"{}", headers)] * 2

    publish(make(), release)

    assert github.dispatched == ["[one production 1]"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "3600"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4000000000"},
        {},
    ],
)
def test_a_rate_limit_beyond_the_deadline_fails_without_waiting(
    make: Make, github: FakeGitHub, release: Release, headers: dict[str, str]
) -> None:
    github.dispatch_replies = [Reply(429, b"{}", headers)]
    started = time.monotonic()

    with pytest.raises(PublishFailed):
        publish(make(), release, seconds=SOON + 20)
    assert time.monotonic() - started < SOON


def test_reading_continues_after_an_error_and_ends_after_many(
    make: Make, github: FakeGitHub, release: Release, tmp_path: Path
) -> None:
    github.read_replies = [Reply(500), Reply(502)]
    publish(make(), release)

    github.read_replies = [Reply(500)] * 5
    with pytest.raises(PublishFailed):
        publish(make(), make_release(tmp_path, "two"))
    assert github.dispatched == ["[one production 1]"]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"workflow_runs": [{}]}', b"[" * 100_000])
def test_an_unreadable_response_is_a_failure(
    make: Make, github: FakeGitHub, release: Release, body: bytes
) -> None:
    github.read_replies = [Reply(200, body)]

    with pytest.raises(PublishFailed):
        publish(make(), release)


def test_an_api_that_hangs_ends_by_the_deadline(
    make: Make, github: FakeGitHub, release: Release
) -> None:
    github.slow = 2 * SOON
    started = time.monotonic()

    with pytest.raises(DeadlineExceeded):
        publish(make(), release, seconds=0.2)
    assert time.monotonic() - started < SOON


def test_an_api_that_is_down_is_a_failure(make: Make, release: Release) -> None:
    with FakeGitHub().serving() as gone:
        url = gone.url

    with pytest.raises(PublishFailed):
        publish(make(api_url=url), release)


@pytest.mark.parametrize("repository", ["", "storefronts", "a/b/c", "a/b?x=", "../.."])
def test_a_repository_that_is_no_owner_and_name_is_refused(make: Make, repository: str) -> None:
    with pytest.raises(ValueError, match="owner/name"):
        make(repository=repository)
