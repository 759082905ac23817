"""The target that the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config.egress.deadline import Deadline
from deployments.backends import configured_builder, configured_target
from deployments.builder.static import StaticShopBuilder
from deployments.targets.local import LocalTarget
from deployments.targets.s3 import S3Target
from tests.deployments.fakes.github import REF, REPOSITORY, TOKEN, WORKFLOW, FakeGitHub
from tests.deployments.fakes.s3 import recording
from tests.deployments.fakes.shops import SHOP, make_release, names_in


def test_local_publishes_below_the_root_of_sites(settings: Any, tmp_path: Path) -> None:
    settings.DEPLOY_TARGET = "local"
    settings.SITES_ROOT = str(tmp_path / "sites")

    target = configured_target()
    target.publish(make_release(tmp_path, "one"), "production", deadline=Deadline.after(10))

    assert isinstance(target, LocalTarget)
    assert names_in(tmp_path / "sites" / SHOP / "production") == {"one"}


@pytest.mark.parametrize("acl", ["", "public-read"])
def test_s3_publishes_into_the_bucket_of_sites(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, acl: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with recording() as service:
        settings.DEPLOY_TARGET = "s3"
        settings.SITES_S3_BUCKET = "shops"
        settings.SITES_S3_PREFIX = "sites"
        settings.S3_ENDPOINT_URL = service.url
        settings.S3_ACL = acl
        target = configured_target()
        target.publish(make_release(tmp_path, "one"), "production", deadline=Deadline.after(10))
        assert configured_target() is target

    assert isinstance(target, S3Target)
    uploads = service.of("PUT")
    assert f"/shops/sites/production/{SHOP}/index.html" in {upload.path for upload in uploads}
    assert {upload.headers.get("x-amz-acl", "") for upload in uploads} == {acl}


@pytest.mark.urls("tests.deployments.test_target_archives")
def test_github_actions_gets_links_to_this_application(settings: Any, tmp_path: Path) -> None:
    with FakeGitHub().serving() as github:
        settings.DEPLOY_TARGET = "github_actions"
        settings.SITES_ROOT = str(tmp_path / "sites")
        settings.PUBLIC_URL = "https://api.shopiq.example"
        settings.GITHUB_API_URL = github.url
        settings.GITHUB_REPOSITORY = REPOSITORY
        settings.GITHUB_WORKFLOW = WORKFLOW
        settings.GITHUB_TOKEN = TOKEN
        settings.GITHUB_REF = REF
        github.statuses = ("completed",)
        configured_target().publish(
            make_release(tmp_path, "one"), "preview", deadline=Deadline.after(10)
        )

    url = github.runs[0].inputs["archive_url"]
    assert url.startswith("https://api.shopiq.example/sites/archives/one:")


def test_the_builder_is_the_embedded_one() -> None:
    assert isinstance(configured_builder(), StaticShopBuilder)
