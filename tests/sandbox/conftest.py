"""Fixtures for tests of sandboxes."""

from __future__ import annotations

import pytest

from tests.deployments.deployment_fakes import Fakes, install_fakes
from tests.factories import Keys
from tests.merchants import PartnerServer


@pytest.fixture
def sandbox(keys: Keys) -> PartnerServer:
    """Return a client with the test key of the partner of `server`."""
    return PartnerServer(keys.management_test)


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Fakes:
    return install_fakes(monkeypatch)
