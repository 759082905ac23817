"""What every remote provider does when its service hangs, refuses or answers too much."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import pytest

from config.egress.deadline import DeadlineExceeded
from imaging.providers import gemini, openai
from imaging.providers.base import (
    GenerationFailed,
    ProviderAccountError,
    ProviderBusy,
)
from tests.imaging.fakes import gemini as fake_gemini
from tests.imaging.fakes import openai as fake_openai
from tests.imaging.fakes.inputs import create_input
from tests.imaging.fakes.server import API_KEY, FakeProvider, Mood

AnyProvider = gemini.GeminiProvider | openai.OpenAIProvider


@dataclass(frozen=True, slots=True)
class Remote:
    """A provider's module, its class, and the fake of its service."""

    module: ModuleType
    provider: type[AnyProvider]
    service: type[FakeProvider]
    image_model: str
    text_model: str

    def at(self, base_url: str, *, api_key: str = API_KEY) -> AnyProvider:
        return self.provider(
            base_url=base_url,
            api_key=api_key,
            image_model=self.image_model,
            text_model=self.text_model,
        )


_REMOTES = {
    "gemini": Remote(
        gemini,
        gemini.GeminiProvider,
        fake_gemini.FakeGemini,
        fake_gemini.IMAGE_MODEL,
        fake_gemini.TEXT_MODEL,
    ),
    "openai": Remote(
        openai,
        openai.OpenAIProvider,
        fake_openai.FakeOpenAI,
        fake_openai.IMAGE_MODEL,
        fake_openai.TEXT_MODEL,
    ),
}


@pytest.fixture(params=_REMOTES)
def remote(request: pytest.FixtureRequest) -> Remote:
    found: Remote = _REMOTES[request.param]
    return found


def test_a_response_over_64_mb_fails_unread(remote: Remote) -> None:
    with remote.service(image=Mood("huge")) as fake, pytest.raises(GenerationFailed) as caught:
        remote.at(fake.base_url).make_images(create_input())

    assert "too large" in str(caught.value)


def test_a_wrong_key_fails_without_a_detail(remote: Remote) -> None:
    with remote.service() as fake, pytest.raises(ProviderAccountError) as caught:
        remote.at(fake.base_url, api_key="wrong-key").make_images(create_input())

    assert "wrong-key" not in str(caught.value)
    assert fake.seen == []


def test_a_hanging_image_model_ends_at_the_deadline_of_the_call(remote: Remote) -> None:
    with remote.service(image=Mood(delay=30)) as fake, pytest.raises(DeadlineExceeded):
        remote.at(fake.base_url).make_images(create_input(seconds=0.3))


def test_a_refused_connection_is_busy(remote: Remote) -> None:
    with remote.service() as fake:
        base_url = fake.base_url

    with pytest.raises(ProviderBusy):
        remote.at(base_url).make_images(create_input())


def test_a_hanging_text_model_is_busy_while_the_call_has_time_left(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote.module, "WRITING_SECONDS", 0.2)
    spec = create_input(seconds=10)

    with remote.service(text=Mood(delay=30)) as fake:
        with pytest.raises(ProviderBusy):
            remote.at(fake.base_url).write_prompt(spec)
        assert len(remote.at(fake.base_url).make_images(spec)) == 1


def test_a_text_model_that_outlasts_the_call_ends_at_its_deadline(remote: Remote) -> None:
    with remote.service(text=Mood(delay=30)) as fake, pytest.raises(DeadlineExceeded):
        remote.at(fake.base_url).write_prompt(create_input(seconds=0.2))
