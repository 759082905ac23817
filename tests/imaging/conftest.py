"""Fixtures for tests of images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.billing.fake_model import HeldGemini
from tests.imaging.calls import use_provider
from tests.imaging.fakes.gemini import FakeGemini
from tests.imaging.fakes.server import Mood


@pytest.fixture(scope="session")
def shared_model() -> Iterator[HeldGemini]:
    with HeldGemini() as fake:
        yield fake


@pytest.fixture
def model(shared_model: HeldGemini) -> HeldGemini:
    shared_model.hold()
    shared_model.image = Mood()
    return shared_model


@pytest.fixture
def fake(settings: Any) -> Iterator[FakeGemini]:
    with FakeGemini() as fake:
        use_provider(settings, fake)
        yield fake
