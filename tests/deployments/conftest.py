"""Fixtures for tests of websites and deployments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from deployments import pipeline
from deployments.pipeline import run_due
from deployments.targets.archives import ArchiveStore
from deployments.targets.base import Release
from deployments.targets.github_actions import GitHubActionsTarget
from tests.deployments.deployment_fakes import Fakes, TinyBuilder, deploy, install_fakes
from tests.deployments.fakes.browsing import Browser, browsing
from tests.deployments.fakes.github import REF, REPOSITORY, TOKEN, WORKFLOW, FakeGitHub
from tests.deployments.fakes.name_server import serve_records
from tests.deployments.fakes.shops import make_release, publish_release
from tests.deployments.workflow_releases import Make
from tests.factories import Keys
from tests.merchants import EXAMPLE, PartnerServer
from tests.users import browser_of, create_user


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub().serving() as fake:
        yield fake


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    return ArchiveStore(tmp_path / "sites")


@pytest.fixture
def make(github: FakeGitHub, store: ArchiveStore) -> Make:
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
            archives=store,
            archive_url=lambda token: f"https://shops.example/a/{token}",
            poll_seconds=0.01,
        )

    return target


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return make_release(tmp_path, "one")


@pytest.fixture
def visitor(keys: Keys) -> Client:
    """Sign in a developer, the lowest role that can see accounts."""
    return browser_of(create_user(keys.partner, "developer"))


@pytest.fixture
def sarah(server: PartnerServer) -> str:
    """Create the account of the documentation's example."""
    return str(server.post("createAccount", EXAMPLE).json()["accountId"])


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Build and publish in no time, and record what."""
    return install_fakes(monkeypatch)


@pytest.fixture
def shop(server: PartnerServer, fakes: Fakes) -> str:
    """The path of a live shop."""
    identifier = deploy(server).website.identifier
    run_due()
    return f"deployments/{identifier}"


@pytest.fixture
def domain_shop(
    server: PartnerServer, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The path of a live shop whose account has a domain."""
    monkeypatch.setattr(pipeline, "configured_builder", TinyBuilder)
    settings.DEPLOY_TARGET = "local"
    settings.SITES_ROOT = str(tmp_path / "sites")
    settings.BUILDS_ROOT = str(tmp_path / "builds")
    website = deploy(server).website
    run_due()
    server.put("updateAccount", {"accountId": website.account_id, "domains": ["Shop.Nova.test"]})
    return f"deployments/{website.identifier}"


@pytest.fixture
def records(settings: Any) -> Iterator[dict[str, str]]:
    """The TXT records of the name server that proofs are looked up at."""
    texts: dict[str, str] = {}
    with serve_records(texts) as settings.DNS_SERVER:
        yield texts


@pytest.fixture
def site_settings(settings: Any, tmp_path: Path) -> None:
    """Publish shops in a folder, which is served under hosts of its own."""
    settings.DEPLOY_TARGET = "local"
    settings.SITES_ROOT = str(tmp_path / "sites")
    settings.SITE_PRODUCTION_URL = "http://{identifier}.localhost:8000"
    settings.SITE_PREVIEW_URL = "http://{identifier}.dev.localhost:8000"


@pytest.fixture
def site_visitor() -> Iterator[Browser]:
    with browsing() as opened:
        yield opened


@pytest.fixture
def release_folder(tmp_path: Path) -> Path:
    """Publish a shop; return the folder of its release."""
    return publish_release(tmp_path, "one", "production")
