"""Shops that a workflow publishes, against a loopback server that speaks GitHub's API."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from config.egress.deadline import DeadlineExceeded
from deployments.targets.archives import ArchiveStore
from deployments.targets.base import PublishFailed, Release
from deployments.targets.github_actions import FAILURE
from tests.deployments.fakes.github import FakeGitHub
from tests.deployments.fakes.shops import SHOP, make_release
from tests.deployments.workflow_releases import Make, publish


def test_a_workflow_is_dispatched_and_followed_until_it_succeeds(
    make: Make, github: FakeGitHub, release: Release
) -> None:
    publish(make(), release, "preview")

    [run] = github.runs
    assert run.statuses == ["completed"]
    assert (run.inputs["identifier"], run.inputs["stage"]) == (SHOP, "preview")
    assert (run.inputs["release"], run.inputs["correlation"]) == ("one", "[one preview 1]")


def test_the_workflow_gets_a_link_to_the_site_and_its_checksum(
    make: Make, github: FakeGitHub, release: Release, store: ArchiveStore
) -> None:
    publish(make(), release)

    inputs = github.runs[0].inputs
    base, _, token = inputs["archive_url"].rpartition("/")
    file = store.find(token)
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
    github.statuses = ("queued", *["in_progress"] * 10_000, "completed")
    with pytest.raises(DeadlineExceeded):
        publish(make(), release, seconds=2)
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
