"""A small copy of each request's first image, which the dashboard's lists show."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from PIL import Image

from imaging.image_urls import thumbnail_source
from imaging.models import ImageOperation
from imaging.requests import thumbnail_name
from imaging.services.sweeping import refund_expired
from imaging.storage.base import StorageError
from imaging.storage.local import LocalStorage
from tests.billing.operations import run_out, start
from tests.factories import Keys
from tests.imaging.calls import CREATE, PROMPT, photograph, stored_files
from tests.users import browser_of, create_user

Send = Callable[..., Any]
IMAGES = "/dashboard/images/"


def source_of(operation: ImageOperation) -> str:
    source = thumbnail_source(operation)
    assert source
    return source


def test_lists_show_a_small_copy_of_the_image(keys: Keys, post: Send) -> None:
    url = post(CREATE, PROMPT | {"aspectRatio": "16:9"}, keys.live).json()["data"]["imageUrl"]

    source = source_of(ImageOperation.objects.get())
    owner = browser_of(create_user(keys.partner))
    for path in (IMAGES, f"{IMAGES}?view=gallery", "/dashboard/"):
        page = owner.get(path).content.decode()
        assert f'src="{source}"' in page
        assert url.rpartition("/")[2] not in page
    response = Client().get(source)
    data = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    response.close()
    assert response.headers["Content-Type"] == "image/webp"
    assert "immutable" in response.headers["Cache-Control"]
    assert Image.open(io.BytesIO(data)).size == (200, 200)
    assert len(data) < 20_000


def test_an_image_without_one_is_shown_itself(
    keys: Keys, post: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = LocalStorage.save

    def fail(self: LocalStorage, name: str, data: bytes) -> str:
        if name.endswith(".webp"):
            raise StorageError("no disk")
        return save(self, name, data)

    monkeypatch.setattr(LocalStorage, "save", fail)
    response = post(CREATE, PROMPT, keys.live)

    assert response.status_code == 200
    assert response.json()["data"]["imageUrl"].endswith(
        source_of(ImageOperation.objects.get()).rpartition("/")[2]
    )
    assert len(stored_files()) == 1


def test_it_goes_with_the_images_of_a_refunded_request(keys: Keys) -> None:
    operation = start(keys)
    file = Path(django_settings.MEDIA_ROOT, thumbnail_name(keys.partner.id, operation.file_token))
    file.parent.mkdir(parents=True)
    file.write_bytes(photograph("WEBP"))
    run_out([operation.id])

    refund_expired()

    assert not file.exists()
