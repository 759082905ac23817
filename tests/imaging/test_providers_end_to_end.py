"""Calls with the remote providers and S3, named by settings alone: every way they can end."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
import urllib3
from django.conf import settings as django_settings
from PIL import Image

from imaging.models import ImageOperation
from tests.envelope import assert_error
from tests.factories import Keys
from tests.imaging.calls import (
    CREATE,
    ENHANCE,
    PROMPT,
    balance_of,
    photograph,
    stored_files,
    stored_image,
    use_provider,
)
from tests.imaging.fakes.gemini import FakeGemini
from tests.imaging.fakes.openai import FakeOpenAI
from tests.imaging.fakes.server import FakeProvider, Mood
from tests.servers import Reply, serve
from tests.waiting import SOON

Send = Callable[..., Any]

BUSY = "Service temporarily unavailable due to high demand. Please retry in a few seconds."
FAILED = "Image generation failed. Please try again."


@pytest.fixture(params=[FakeGemini, FakeOpenAI])
def fake(request: pytest.FixtureRequest, settings: Any) -> Iterator[FakeProvider]:
    with request.param() as fake:
        use_provider(settings, fake)
        yield fake


def blocked(fake: FakeProvider) -> Mood:
    is_gemini = isinstance(fake, FakeGemini)
    return Mood("blocked_prompt:SAFETY" if is_gemini else "blocked:moderation_blocked")


@pytest.fixture
def enhance(post: Send, keys: Keys) -> Iterator[Callable[[], Any]]:
    """Enhances a picture that a loopback host serves."""
    with serve(lambda request: Reply(200, photograph())) as host:
        yield lambda: post(ENHANCE, {"images": [f"{host.url}/a.jpg"]}, keys.live)


def assert_refunded(keys: Keys, response: Any, failure: str) -> None:
    """Every point is back, the operation says why, and no file is left."""
    assert balance_of(keys.partner) == 100_000
    operation = ImageOperation.objects.get()
    assert (operation.id, operation.failure) == (response.headers["X-Operation-Id"], failure)
    assert operation.charge is not None
    assert operation.charge.state == "refunded"
    assert stored_files() == []


def test_create_and_enhance_store_what_the_provider_made(
    keys: Keys, post: Send, enhance: Callable[[], Any], fake: FakeProvider
) -> None:
    fake.image = Mood("odd_size")
    made = post(CREATE, {**PROMPT, "mode": "thinking", "aspectRatio": "3:2"}, keys.live)
    enhanced = enhance()

    picture = stored_image(made.json()["data"]["imageUrl"])
    assert (picture.format, picture.size) == ("PNG", (1024, 683))
    assert len(enhanced.json()["data"]["imageUrls"]) == 1
    assert balance_of(keys.partner) == 100_000 - 1500 - 800


def test_a_safety_filter_is_a_422_with_its_reason_and_a_refund(
    keys: Keys, post: Send, fake: FakeProvider
) -> None:
    fake.image = blocked(fake)

    response = post(CREATE, PROMPT, keys.live)

    message = response.json()["message"]
    assert message.startswith("Image generation was blocked by safety filters: ")
    body = assert_error(response, 422, message)
    assert body["code"] == "blocked_by_safety_filters"
    assert len(message.partition(": ")[2]) > 3
    assert "secret words" not in message
    assert_refunded(keys, response, "blocked")


def test_a_safety_filter_has_other_words_for_an_enhance(
    keys: Keys, enhance: Callable[[], Any], fake: FakeProvider
) -> None:
    fake.image = blocked(fake)

    response = enhance()

    assert response.status_code == 422
    assert response.json()["message"].startswith("Enhancement blocked by safety filters: ")
    assert_refunded(keys, response, "blocked")


@pytest.mark.parametrize("kind", ["busy_429", "busy_503"])
def test_a_busy_provider_is_a_503_with_a_time_to_retry_and_a_refund(
    keys: Keys, post: Send, fake: FakeProvider, kind: str
) -> None:
    fake.image = Mood(kind)

    response = post(CREATE, PROMPT, keys.live)

    body = assert_error(response, 503, BUSY)
    assert body["retryAfter"] == 5
    assert response.headers["Retry-After"] == "5"
    assert_refunded(keys, response, "busy")


def test_a_busy_provider_has_other_words_for_an_enhance(
    keys: Keys, enhance: Callable[[], Any], fake: FakeProvider
) -> None:
    fake.image = Mood("busy_503")

    response = enhance()

    assert_error(response, 503, "Service temporarily unavailable. Please retry shortly.")
    assert_refunded(keys, response, "busy")


@pytest.mark.parametrize("kind", ["error_500", "broken_json", "not_an_image", "no_image"])
def test_a_response_without_an_image_is_a_500_with_a_refund(
    keys: Keys, post: Send, fake: FakeProvider, kind: str
) -> None:
    fake.image = Mood(kind)

    response = post(CREATE, PROMPT, keys.live)

    assert_error(response, 500, FAILED)
    assert b"secret words" not in response.content
    assert_refunded(keys, response, "failed")


def test_a_failed_enhance_has_its_own_words(
    keys: Keys, enhance: Callable[[], Any], fake: FakeProvider
) -> None:
    fake.image = Mood("error_500")

    response = enhance()

    assert_error(response, 500, "Image enhancement failed. Please try again.")
    assert_refunded(keys, response, "failed")


def test_a_provider_that_outlasts_the_deadline_is_a_500_with_a_refund(
    keys: Keys, post: Send, fake: FakeProvider, settings: Any
) -> None:
    settings.IMAGE_CALL_SECONDS = 0.5
    fake.image = Mood(delay=2 * SOON)
    started = time.monotonic()

    response = post(CREATE, PROMPT, keys.live)

    assert time.monotonic() - started < SOON
    assert_error(response, 500, FAILED)
    assert_refunded(keys, response, "failed")


def test_a_provider_that_is_not_there_is_a_503_with_a_refund(
    keys: Keys, post: Send, fake: FakeProvider, settings: Any
) -> None:
    settings.GEMINI_BASE_URL = settings.OPENAI_BASE_URL = "http://127.0.0.1:9"

    response = post(CREATE, PROMPT, keys.live)

    assert_error(response, 503, BUSY)
    assert_refunded(keys, response, "busy")


def test_a_storage_that_fails_is_a_500_with_a_refund(
    keys: Keys, post: Send, fake: FakeProvider, settings: Any, tmp_path: Any
) -> None:
    (tmp_path / "no-folder").write_text("a file stands where the folder should be")
    settings.MEDIA_ROOT = str(tmp_path / "no-folder")

    response = post(CREATE, PROMPT, keys.live)

    assert_error(response, 500, FAILED)
    assert_refunded(keys, response, "failed")


@pytest.fixture
def s3(settings: Any, monkeypatch: pytest.MonkeyPatch, s3_endpoint: str) -> Iterator[Any]:
    """A bucket named by the settings; answers a client that looks into it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    settings.IMAGE_STORAGE, settings.S3_BUCKET = "s3", f"images-{uuid4()}"
    settings.S3_ENDPOINT_URL = s3_endpoint
    client = boto3.client("s3", endpoint_url=settings.S3_ENDPOINT_URL, region_name="us-east-1")
    client.create_bucket(Bucket=settings.S3_BUCKET)
    yield client
    client.close()


def test_with_s3_the_image_is_public_at_its_url(keys: Keys, post: Send, s3: Any) -> None:
    url = post(CREATE, PROMPT, keys.live).json()["data"]["imageUrl"]

    bucket_url = f"{django_settings.S3_ENDPOINT_URL}/{django_settings.S3_BUCKET}"
    assert url.startswith(f"{bucket_url}/partners/{keys.partner.id}/generated/")
    response = urllib3.request("GET", url)
    assert (response.status, response.headers["Content-Type"]) == (200, "image/png")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Image.open(io.BytesIO(response.data)).size == (1024, 1024)
    assert stored_files() == []


def test_when_s3_refuses_the_points_come_back(keys: Keys, post: Send, s3: Any) -> None:
    s3.delete_bucket(Bucket=django_settings.S3_BUCKET)

    response = post(CREATE, PROMPT, keys.live)

    assert_error(response, 500, FAILED)
    assert_refunded(keys, response, "failed")
