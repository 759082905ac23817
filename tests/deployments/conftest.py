"""Fixtures for tests of websites and deployments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from deployments.pipeline import run_due
from deployments.targets.archives import ArchiveStore
from deployments.targets.base import Release
from deployments.targets.github_actions import GitHubActionsTarget
from tests.deployments.deployment_fakes import Fakes, deploy, install_fakes
from tests.deployments.fakes.github import REF, REPOSITORY, TOKEN, WORKFLOW, FakeGitHub
from tests.deployments.fakes.shops import make_release
from tests.deployments.workflow_releases import Make
from tests.factories import Keys
from tests.merchants import EXAMPLE, PartnerServer
from tests.users import browser_of, create_user


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
