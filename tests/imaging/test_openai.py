"""The OpenAI adapter against a loopback server that speaks the Images and Responses APIs."""

import io
from pathlib import Path

import pytest
from PIL import Image

from imaging.providers.base import (
    GenerationFailed,
    ProviderAccountError,
    ProviderBusy,
    ProviderError,
    SafetyBlocked,
)
from imaging.providers.openai import OpenAIProvider, drawable_size
from imaging.sizes import ASPECT_RATIOS, RESOLUTIONS, size_of
from tests.imaging.fakes.inputs import create_input, enhance_input
from tests.imaging.fakes.openai import IMAGE_MODEL, OLD_IMAGE_MODEL, TEXT_MODEL, FakeOpenAI
from tests.imaging.fakes.server import API_KEY, Mood


def provider_at(base_url: str, *, image_model: str = IMAGE_MODEL) -> OpenAIProvider:
    return OpenAIProvider(
        base_url=base_url, api_key=API_KEY, image_model=image_model, text_model=TEXT_MODEL
    )


def error_of_image_call(kind: str) -> ProviderError:
    with FakeOpenAI(image=Mood(kind)) as fake, pytest.raises(ProviderError) as caught:
        provider_at(fake.base_url).make_images(create_input())
    return caught.value


def test_create_asks_for_one_png_of_the_size() -> None:
    with FakeOpenAI() as fake:
        [image] = provider_at(fake.base_url).make_images(
            create_input(text="a teal vase", ratio="16:9", resolution="2k")
        )

    [seen] = fake.seen
    assert Image.open(io.BytesIO(image)).size == (2048, 1152)
    assert seen.path == "/v1/images/generations"
    assert seen.fields == {
        "model": IMAGE_MODEL,
        "prompt": "a teal vase",
        "size": "2048x1152",
        "output_format": "png",
        "n": 1,
    }


def test_enhance_uploads_the_pictures_as_a_form(tmp_path: Path) -> None:
    spec = enhance_input(tmp_path)

    with FakeOpenAI() as fake:
        images = provider_at(fake.base_url).make_images(spec)

    [seen] = fake.seen
    assert len(images) == 1
    assert seen.path == "/v1/images/edits"
    assert seen.images == [path.read_bytes() for path in spec.images]
    assert seen.fields["prompt"] == "brighter"


@pytest.mark.parametrize(
    ("ratio", "resolution", "drawn"),
    [
        ("1:1", "1k", "1024x1024"),
        ("1:1", "4k", "2880x2880"),
        ("16:9", "4k", "3840x2160"),
        ("9:16", "1k", "608x1088"),
        ("3:2", "1k", "1024x688"),
    ],
)
def test_current_models_draw_the_size_or_the_nearest_within_their_limits(
    ratio: str, resolution: str, drawn: str
) -> None:
    assert str(drawable_size(size_of(ratio, resolution), IMAGE_MODEL)) == drawn


@pytest.mark.parametrize("model", [IMAGE_MODEL, OLD_IMAGE_MODEL])
@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_every_size_of_the_contract_becomes_one_that_the_model_accepts(
    model: str, ratio: str, resolution: str
) -> None:
    with FakeOpenAI() as fake:
        provider = provider_at(fake.base_url, image_model=model)
        assert provider.make_images(create_input(ratio=ratio, resolution=resolution))


@pytest.mark.parametrize(
    ("ratio", "drawn"), [("1:1", "1024x1024"), ("16:9", "1536x1024"), ("3:4", "1024x1536")]
)
def test_the_first_family_draws_the_nearest_of_its_three_sizes(ratio: str, drawn: str) -> None:
    assert str(drawable_size(size_of(ratio, "4k"), "gpt-image-1-mini")) == drawn


@pytest.mark.parametrize(
    "kind",
    [
        "blocked:moderation_blocked",
        "blocked:content_policy_violation",
        "error:400::image_generation_user_error",
        "error:403:content_policy_violation",
    ],
)
def test_a_refusal_is_blocked_with_a_reason_in_our_own_words(kind: str) -> None:
    error = error_of_image_call(kind)

    assert isinstance(error, SafetyBlocked)
    assert error.reason == "content policy"


@pytest.mark.parametrize(
    "kind",
    [
        "error:429:insufficient_quota",
        "error:429::insufficient_quota",
        "error:400:billing_hard_limit_reached",
        "error:401:invalid_api_key",
        "error:403:",
        "error:404:model_not_found",
    ],
)
def test_a_fault_of_our_account_is_not_load(kind: str) -> None:
    error = error_of_image_call(kind)

    assert isinstance(error, ProviderAccountError)
    assert "secret" not in str(error)


def test_an_unusable_image_does_not_spoil_a_good_one() -> None:
    with FakeOpenAI(image=Mood("one_of_three")) as fake:
        (image,) = provider_at(fake.base_url).make_images(create_input())
    assert image.startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", ["busy_429", "busy_503", "error:429:rate_limit_exceeded"])
def test_overload_is_busy(kind: str) -> None:
    assert isinstance(error_of_image_call(kind), ProviderBusy)


@pytest.mark.parametrize(
    "kind",
    ["error_500", "broken_json", "no_image", "not_an_image", "blocked:invalid_value"],
)
def test_anything_else_has_failed_and_says_nothing_of_the_provider_or_the_prompt(
    kind: str,
) -> None:
    error = error_of_image_call(kind)

    assert isinstance(error, GenerationFailed)
    assert "secret" not in str(error)
    assert "vase" not in str(error)


def test_the_text_model_writes_the_prompt_and_keeps_nothing(tmp_path: Path) -> None:
    spec = enhance_input(tmp_path, text="white background")

    with FakeOpenAI() as fake:
        written = provider_at(fake.base_url).write_prompt(spec)

    [seen] = fake.seen
    assert written == "A teal vase, soft light"
    assert seen.path == "/v1/responses"
    assert seen.images == [path.read_bytes() for path in spec.images]
    assert seen.fields["store"] is False
    assert "white background" in str(seen.fields["input"])
    assert "edits pictures" in str(seen.fields["instructions"])


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("refusal", SafetyBlocked),
        ("incomplete:content_filter", SafetyBlocked),
        ("incomplete:max_output_tokens", GenerationFailed),
        ("failed:rate_limit_exceeded", ProviderBusy),
        ("failed:server_error", GenerationFailed),
        ("busy_503", ProviderBusy),
        ("broken_json", GenerationFailed),
    ],
)
def test_a_text_model_that_writes_nothing_says_why(kind: str, error: type[ProviderError]) -> None:
    with FakeOpenAI(text=Mood(kind)) as fake, pytest.raises(error):
        provider_at(fake.base_url).write_prompt(create_input())
