"""The texts of a shop come from the text model of the configured provider, or from us."""

from __future__ import annotations

from typing import Any

import pytest

from config.egress.deadline import Deadline
from deployments.builder.base import BuildInput, Merchant
from deployments.builder.copy import CopyUnavailable
from imaging.copywriting import write_copy
from tests.imaging.fakes import gemini, openai
from tests.imaging.fakes.server import API_KEY, Mood

BUILD_INPUT = BuildInput(
    identifier="nova-retail-abc123",
    brand_name="Nova Retail",
    categories=("Footwear",),
    production_url="http://nova-retail-abc123.localhost",
    merchant=Merchant(about="Shoes since 1998.", email="sarah@nova.example", phone="+91 98765"),
)
FAKES = {
    "gemini": (gemini.FakeGemini, gemini.TEXT_MODEL),
    "openai": (openai.FakeOpenAI, openai.TEXT_MODEL),
}


def point_at(settings: Any, provider: str, base_url: str) -> None:
    settings.IMAGE_PROVIDER = provider
    setattr(settings, f"{provider.upper()}_BASE_URL", base_url)
    setattr(settings, f"{provider.upper()}_API_KEY", API_KEY)
    setattr(settings, f"{provider.upper()}_TEXT_MODEL", FAKES[provider][1])


@pytest.mark.parametrize("provider", FAKES)
def test_the_first_line_is_the_tagline(settings: Any, provider: str) -> None:
    with FAKES[provider][0]() as fake:
        point_at(settings, provider, fake.base_url)
        copy = write_copy(BUILD_INPUT, Deadline.after(5))
        [seen] = fake.seen

    assert copy.tagline == "A teal vase, soft light"
    assert copy.about == ""
    assert "Nova Retail" in str(seen.fields)


@pytest.mark.parametrize("provider", FAKES)
def test_the_model_gets_nothing_about_the_person(settings: Any, provider: str) -> None:
    with FAKES[provider][0]() as fake:
        point_at(settings, provider, fake.base_url)
        write_copy(BUILD_INPUT, Deadline.after(5))
        [seen] = fake.seen

    assert "sarah@" not in str(seen.fields)
    assert "98765" not in str(seen.fields)


@pytest.mark.parametrize("provider", FAKES)
def test_a_model_that_fails_leaves_the_built_in_copy(settings: Any, provider: str) -> None:
    with FAKES[provider][0](text=Mood("busy_503")) as fake:
        point_at(settings, provider, fake.base_url)
        with pytest.raises(CopyUnavailable):
            write_copy(BUILD_INPUT, Deadline.after(5))


def test_the_local_provider_has_no_text_model(settings: Any) -> None:
    settings.IMAGE_PROVIDER = "local"
    with pytest.raises(CopyUnavailable):
        write_copy(BUILD_INPUT, Deadline.after(5))
