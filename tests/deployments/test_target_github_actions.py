"""Shops that a workflow publishes, against a loopback server that speaks GitHub's API."""

from __future__ import annotations

import hashlib
import io
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.egress.deadline import Deadline, DeadlineExceeded
from deployments.targets.archives import ArchiveStore
from deployments.targets.base import PublishFailed, Release, Stage
from deployments.targets.github_actions import FAILURE, GitHubActionsTarget
from tests.deployments.fakes.github import REF, REPOSITORY, TOKEN, WORKFLOW, FakeGitHub
from tests.deployments.fakes.shops import SHOP, make_release
from tests.servers import Reply
from tests.waiting import SOON

Make = Callable[..., GitHubActionsTarget]


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub().serving() as fake:
        yield fake


@pytest.fixture
def shelf(tmp_path: Path) -> ArchiveStore:
    return ArchiveStore(tmp_path / "sites")


@pytest.fixture
def make(github: FakeGitHub, shelf: ArchiveStore) -> Make:
    def target(**changes: str) -> GitHubActionsTarget:
        options = {
            "api_url": github.url,
            "repository": REPOSITORY,
            "workflow": WORKFLOW,
            "token": TOKEN,
            "ref": REF,
            **changes,
        }
        return GitHubActionsTarget(
            **options,
            archives=shelf,
            archive_url=lambda token: f"https://shops.example/a/{token}",
            poll_seconds=0.01,
        )

    return target


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return make_release(tmp_path, "one")


def publish(
    target: GitHubActionsTarget,
    release: Release,
    stage: Stage = "production",
    seconds: float = 4 * SOON,
) -> None:
    target.publish(release, stage, deadline=Deadline.after(seconds))


def test_a_workflow_is_dispatched_and_followed_until_it_succeeds(
    make: Make, github: FakeGitHub, release: Release
) -> None:
    publish(make(), release, "preview")

    [run] = github.runs
    assert run.statuses == ["completed"]
    assert (run.inputs["identifier"], run.inputs["stage"]) == (SHOP, "preview")
    assert (run.inputs["release"], run.inputs["correlation"]) == ("one", "[one preview 1]")


def test_the_workflow_gets_a_link_to_the_site_and_its_checksum(
    make: Make, github: FakeGitHub, release: Release, shelf: ArchiveStore
) -> None:
    publish(make(), release)

    inputs = github.runs[0].inputs
    base, _, token = inputs["archive_url"].rpartition("/")
    file = shelf.find(token)
    assert base == "https://shops.example/a"
    assert file is not None
    data = file.read_bytes()
    assert hashlib.sha256(data).hexdigest() == inputs["archive_sha256"]
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        home = archive.extractfile("index.html")
        assert home is not None
        assert home.read() == b"<h1>Home one</h1>"


def test_a_run_that_is_listed_late_is_awaited(
    make: Make, github: FakeGitHub, release: Release
) -> None:
    github.delay = 0.3

    publish(make(), release)

    assert github.dispatched == ["[one production 1]"]


@pytest.mark.parametrize("conclusion", ["failure", "cancelled", "timed_out", "skipped"])
def test_a_run_that_ends_otherwise_fails_in_the_documented_words(
    make: Make, github: FakeGitHub, release: Release, conclusion: str
) -> None:
    github.conclusions = [conclusion]

    with pytest.raises(PublishFailed) as caught:
        publish(make(), release)
    assert str(caught.value) == FAILURE == "GitHub Actions deployment failed"


def test_a_call_after_a_crash_follows_the_run_that_is_there(
    make: Make, github: FakeGitHub, release: Release
) -> None:
    github.statuses = ("queued", *["in_progress"] * 200, "completed")
    with pytest.raises(DeadlineExceeded):
        publish(make(), release, seconds=0.3)
    github.runs[0].statuses = ["in_progress", "completed"]

    publish(make(), release)

    assert github.dispatched == ["[one production 1]"]


def test_a_call_after_a_success_that_was_not_noted_dispatches_nothing(
    make: Make, github: FakeGitHub, release: Release
) -> None:
    publish(make(), release)
    publish(make(), release)

    assert github.dispatched == ["[one production 1]"]


def test_a_failed_run_is_followed_by_another_attempt(
    make: Make, github: FakeGitHub, release: Release
) -> None:
    github.conclusions = ["failure", "success"]
    with pytest.raises(PublishFailed):
        publish(make(), release)

    publish(make(), release)

    assert github.dispatched == ["[one production 1]", "[one production 2]"]


def test_a_failed_run_is_not_taken_for_the_new_one_that_is_not_listed_yet(
    make: Make, github: FakeGitHub, release: Release
) -> None:
    github.conclusions = ["failure", "success"]
    with pytest.raises(PublishFailed):
        publish(make(), release)
    github.delay = 0.2

    publish(make(), release)

    assert github.dispatched == ["[one production 1]", "[one production 2]"]


def test_each_stage_and_each_release_has_runs_of_its_own(
    make: Make, github: FakeGitHub, release: Release, tmp_path: Path
) -> None:
    publish(make(), release, "preview")
    publish(make(), release, "production")
    publish(make(), make_release(tmp_path, "two"), "production")

    assert github.dispatched == ["[one preview 1]", "[one production 1]", "[two production 1]"]


def test_the_run_is_found_behind_hundreds_of_others(
    make: Make, github: FakeGitHub, release: Release
) -> None:
    publish(make(), release)
    for number in range(120):
        github.add_run({"identifier": "x", "correlation": f"[{number} production 1]"})

    publish(make(), release)

    assert github.dispatched.count("[one production 1]") == 1


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
    github.dispatch_refusals = [Reply(status, b'{"message": "secret words"}')]

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
    github.dispatch_refusals = [Reply(status, b"{}", headers)]
    github.read_refusals = [Reply(status, b"{}", headers)] * 2

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
    github.dispatch_refusals = [Reply(429, b"{}", headers)]
    started = time.monotonic()

    with pytest.raises(PublishFailed):
        publish(make(), release, seconds=SOON + 20)
    assert time.monotonic() - started < SOON


def test_reading_continues_after_an_error_and_ends_after_many(
    make: Make, github: FakeGitHub, release: Release, tmp_path: Path
) -> None:
    github.read_refusals = [Reply(500), Reply(502)]
    publish(make(), release)

    github.read_refusals = [Reply(500)] * 5
    with pytest.raises(PublishFailed):
        publish(make(), make_release(tmp_path, "two"))
    assert github.dispatched == ["[one production 1]"]


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"workflow_runs": [{}]}', b"[" * 100_000])
def test_an_unreadable_response_is_a_failure(
    make: Make, github: FakeGitHub, release: Release, body: bytes
) -> None:
    github.read_refusals = [Reply(200, body)]

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


def test_a_shop_is_removed_by_the_same_workflow(make: Make, github: FakeGitHub) -> None:
    make().remove(SHOP)

    [run] = github.runs
    assert run.inputs == {
        "identifier": SHOP,
        "stage": "remove",
        "correlation": f"[{SHOP} remove 1]",
    }


def test_a_removal_under_way_is_followed_and_one_that_ended_is_made_again(
    make: Make, github: FakeGitHub
) -> None:
    github.add_run({"identifier": SHOP, "stage": "remove", "correlation": f"[{SHOP} remove 1]"})

    make().remove(SHOP)
    assert github.dispatched == [f"[{SHOP} remove 1]"]

    make().remove(SHOP)
    assert github.dispatched == [f"[{SHOP} remove 1]", f"[{SHOP} remove 2]"]


def test_a_removal_that_fails_is_a_failure(make: Make, github: FakeGitHub) -> None:
    github.conclusions = ["failure"]

    with pytest.raises(PublishFailed):
        make().remove(SHOP)


@pytest.mark.parametrize("repository", ["", "storefronts", "a/b/c", "a/b?x=", "../.."])
def test_a_repository_that_is_no_owner_and_name_is_refused(make: Make, repository: str) -> None:
    with pytest.raises(ValueError, match="owner/name"):
        make(repository=repository)
