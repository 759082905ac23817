"""Helpers shared by the end-to-end tests of the Image API."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.db.models import Sum
from PIL import Image

from accounts.models import Partner
from billing.models import Charge, LedgerEntry, PointBucket
from billing.services import check_ledger
from imaging.models import ImageOperation
from tests.billing.fake_model import use_model
from tests.imaging.fakes.gemini import OLD_IMAGE_MODEL, FakeGemini
from tests.imaging.fakes.openai import OLD_IMAGE_MODEL as OPENAI_IMAGE_MODEL
from tests.imaging.fakes.openai import TEXT_MODEL as OPENAI_TEXT_MODEL
from tests.imaging.fakes.server import API_KEY, FakeProvider

CREATE = "/partner/v1/image/create"
ENHANCE = "/partner/v1/image/enhance"
USAGE = "/partner/v1/image/usage"
OPERATIONS = "/partner/v1/image/operations/"

PROMPT = {"prompt": "a red shoe on marble"}


def gemini_environment(base_url: str) -> dict[str, str]:
    """The settings that make a fake Gemini with the older model the provider."""
    return {**use_model(base_url), "GEMINI_IMAGE_MODEL": OLD_IMAGE_MODEL}


def openai_environment(base_url: str) -> dict[str, str]:
    """The settings that make a fake OpenAI the provider."""
    return {
        "IMAGE_PROVIDER": "openai",
        "OPENAI_BASE_URL": base_url,
        "OPENAI_API_KEY": API_KEY,
        "OPENAI_IMAGE_MODEL": OPENAI_IMAGE_MODEL,
        "OPENAI_TEXT_MODEL": OPENAI_TEXT_MODEL,
    }


def use_provider(settings: Any, fake: FakeProvider) -> None:
    """Has this process ask the fake for its images."""
    environment = gemini_environment if isinstance(fake, FakeGemini) else openai_environment
    for name, value in environment(fake.base_url).items():
        setattr(settings, name, value)


def balance_of(partner: Partner) -> int:
    """Hundredths of a point in all buckets, which equal the ledger and hold no reservation."""
    report = check_ledger()
    assert report.ok, report.drift
    assert not Charge.objects.reserved().exists()
    total: int = PointBucket.objects.filter(partner=partner).aggregate(n=Sum("remaining"))["n"] or 0
    return total


def assert_nothing_happened(partner: Partner, *, balance: int) -> None:
    """No operation, no charge, no line in the ledger but the credits; no stored file."""
    assert balance_of(partner) == balance
    assert not ImageOperation.objects.exists()
    assert not Charge.objects.exists()
    assert not LedgerEntry.objects.exclude(kind="credit").exists()
    assert stored_files() == []


def stored_files() -> list[Path]:
    return [path for path in Path(django_settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def stored_image(url: str) -> Image.Image:
    """The picture behind a URL of the local storage, read from its file."""
    prefix = f"{django_settings.PUBLIC_URL}/media/"
    assert url.startswith(prefix)
    stored = Path(django_settings.MEDIA_ROOT) / url.removeprefix(prefix)
    return Image.open(io.BytesIO(stored.read_bytes()))


def photograph(kind: str = "JPEG", size: tuple[int, int] = (60, 40), colour: str = "teal") -> bytes:
    """A small picture to enhance."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind)
    return buffer.getvalue()
