"""The Gemini adapter against a loopback server that speaks `models.generateContent`."""

import io
from pathlib import Path

import pytest
from PIL import Image

from imaging.providers import gemini
from imaging.providers.base import (
    GenerationFailed,
    ProviderAccountError,
    ProviderBusy,
    ProviderError,
    SafetyBlocked,
)
from imaging.providers.gemini import GeminiProvider
from imaging.providers.postprocess import fit_png
from imaging.sizes import ASPECT_RATIOS, RESOLUTIONS
from tests.imaging.fakes.gemini import IMAGE_MODEL, OLD_IMAGE_MODEL, TEXT_MODEL, FakeGemini
from tests.imaging.fakes.inputs import create_input, enhance_input
from tests.imaging.fakes.server import API_KEY, Mood


def provider_at(base_url: str, *, image_model: str = IMAGE_MODEL) -> GeminiProvider:
    return GeminiProvider(
        base_url=base_url, api_key=API_KEY, image_model=image_model, text_model=TEXT_MODEL
    )


def error_of_image_call(kind: str) -> ProviderError:
    with FakeGemini(image=Mood(kind)) as fake, pytest.raises(ProviderError) as caught:
        provider_at(fake.base_url).make_images(create_input())
    return caught.value


def test_create_sends_the_words_the_ratio_and_the_resolution_to_the_image_model() -> None:
    with FakeGemini() as fake:
        [image] = provider_at(fake.base_url).make_images(
            create_input(text="a teal vase", ratio="16:9", resolution="2k")
        )

    [seen] = fake.seen
    assert Image.open(io.BytesIO(image)).size == (2048, 1152)
    assert seen.path == f"/v1beta/models/{IMAGE_MODEL}:generateContent"
    assert seen.fields["contents"] == [{"role": "user", "parts": [{"text": "a teal vase"}]}]
    assert seen.fields["generationConfig"] == {
        "responseModalities": ["IMAGE"],
        "imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"},
    }


def test_enhance_sends_the_pictures_before_the_words(tmp_path: Path) -> None:
    spec = enhance_input(tmp_path)

    with FakeGemini() as fake:
        images = provider_at(fake.base_url).make_images(spec)

    [seen] = fake.seen
    assert len(images) == 1
    assert seen.images == [path.read_bytes() for path in spec.images]
    assert seen.fields["contents"][0]["parts"][-1] == {"text": "brighter"}  # type: ignore[index]


def test_an_older_model_is_not_asked_for_a_resolution_that_it_refuses() -> None:
    with FakeGemini() as fake:
        provider = provider_at(fake.base_url, image_model=OLD_IMAGE_MODEL)
        assert len(provider.make_images(create_input(resolution="4k"))) == 1


def test_drafts_of_a_thinking_model_are_left_out() -> None:
    with FakeGemini(image=Mood("draft")) as fake:
        [image] = provider_at(fake.base_url).make_images(create_input())

    assert Image.open(io.BytesIO(image)).size == (1024, 1024)


def test_a_picture_of_another_size_is_handed_on_for_fitting() -> None:
    with FakeGemini(image=Mood("odd_size")) as fake:
        spec = create_input(ratio="16:9")
        [image] = provider_at(fake.base_url).make_images(spec)

    assert Image.open(io.BytesIO(image)).size == (900, 700)
    assert Image.open(io.BytesIO(fit_png(image, spec.size))).size == (1024, 576)


@pytest.mark.parametrize("ratio", ASPECT_RATIOS)
@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_every_size_of_the_contract_is_asked_for_by_its_own_names(
    ratio: str, resolution: str
) -> None:
    size = create_input(ratio=ratio, resolution=resolution).size

    assert gemini.nearest_ratio(size) == ratio
    assert gemini.image_size(size) == resolution.upper()


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("blocked_prompt:SAFETY", "unsafe content"),
        ("blocked_prompt:BLOCKLIST", "a forbidden term"),
        ("blocked_prompt:A_REASON_OF_TOMORROW", "content policy"),
        ("blocked_output:IMAGE_SAFETY", "unsafe image content"),
        ("blocked_output:PROHIBITED_CONTENT", "prohibited content"),
        ("blocked_output:IMAGE_RECITATION", "protected material"),
    ],
)
def test_a_refusal_is_blocked_with_a_reason_in_our_own_words(kind: str, reason: str) -> None:
    error = error_of_image_call(kind)

    assert isinstance(error, SafetyBlocked)
    assert error.reason == reason


@pytest.mark.parametrize(
    "kind",
    [
        "quota:GenerateRequestsPerDayPerProjectPerModel:250",
        "quota:GenerateRequestsPerMinutePerProjectPerModel:0",
        "no_billing",
    ],
)
def test_a_fault_of_our_account_is_not_load(kind: str) -> None:
    error = error_of_image_call(kind)

    assert isinstance(error, ProviderAccountError)
    assert "secret" not in str(error)


def test_an_unusable_part_does_not_spoil_a_good_one() -> None:
    with FakeGemini(image=Mood("among_others")) as fake:
        (image,) = provider_at(fake.base_url).make_images(create_input())
    assert image.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "kind", ["busy_429", "busy_503", "quota:GenerateRequestsPerMinutePerProjectPerModel:60"]
)
def test_overload_is_busy(kind: str) -> None:
    assert isinstance(error_of_image_call(kind), ProviderBusy)


@pytest.mark.parametrize(
    "kind",
    [
        "error_500",
        "broken_json",
        "no_image",
        "text_only",
        "not_an_image",
        "blocked_output:MAX_TOKENS",
    ],
)
def test_anything_else_has_failed_and_says_nothing_of_the_provider_or_the_prompt(
    kind: str,
) -> None:
    error = error_of_image_call(kind)

    assert isinstance(error, GenerationFailed)
    assert "secret" not in str(error)
    assert "vase" not in str(error)


def test_the_text_model_writes_the_prompt_from_the_request_and_the_pictures(
    tmp_path: Path,
) -> None:
    spec = enhance_input(tmp_path, text="white background")

    with FakeGemini() as fake:
        written = provider_at(fake.base_url).write_prompt(spec)

    [seen] = fake.seen
    assert written == "A teal vase, soft light"
    assert seen.path == f"/v1beta/models/{TEXT_MODEL}:generateContent"
    assert len(seen.images) == 2
    assert "white background" in str(seen.fields["contents"])
    assert "edits pictures" in str(seen.fields["systemInstruction"])


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("blocked_prompt:SAFETY", SafetyBlocked),
        ("no_image", GenerationFailed),
        ("busy_503", ProviderBusy),
    ],
)
def test_a_text_model_that_writes_nothing_says_why(kind: str, error: type[ProviderError]) -> None:
    with FakeGemini(text=Mood(kind)) as fake, pytest.raises(error):
        provider_at(fake.base_url).write_prompt(create_input())
