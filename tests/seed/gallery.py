"""The pictures of image requests of the past."""

from __future__ import annotations

import uuid
from collections import defaultdict
from functools import cache
from pathlib import Path

from django.conf import settings

from config.egress.deadline import Deadline
from imaging.providers.base import GenerationInput
from imaging.providers.local import LocalProvider
from imaging.providers.postprocess import make_thumbnail
from imaging.requests import ImageRequest, file_names, placeholder_urls, thumbnail_name
from imaging.storage.local import LocalStorage
from tests.seed.books import Use
from tests.seed.side import Side
from tests.usage_data import Row

_PROMPTS = [
    "A terracotta vase with olive branches, morning light",
    "Red running shoes on a beach at sunset",
    "A blue backpack in a forest",
    "Gold earrings on dark velvet",
    "A ceramic mug on an oak table, window light",
    "A leather handbag in front of a terracotta wall",
    "A silk scarf on white marble",
    "A glass perfume bottle among orchids",
    "A brass lamp on a walnut desk in the evening",
    "White sneakers on a blue background",
    "A woven basket with mangoes in a sunny kitchen",
    "A silver watch on grey stone",
]
_RATIOS = ["4:3", "1:1", "3:4", "16:9"]


class Gallery:
    """Makes rows of `ImageOperation`, the newest first.

    The first `draws` have pictures of their own; older ones share them, which saves the disk.
    """

    def __init__(self, side: Side, media: Path | None, *, draws: int) -> None:
        self._partner_id, self._media, self._draws = side.partner.pk, media, draws
        self._drawn: dict[str, list[tuple[uuid.UUID, str]]] = defaultdict(list)
        self._count = 0

    def operation(self, use: Use) -> Row:
        self._count += 1
        ratio, token, urls = _RATIOS[self._count % len(_RATIOS)], uuid.uuid4(), []
        if use.is_test:
            urls = placeholder_urls(_request(use.action, "", ratio), settings.TEST_IMAGE_HOST)
        elif not use.failure:
            token, ratio = self._picture(use.action, ratio)
            name = file_names(self._partner_id, use.action, token, 1)[0]
            urls = [f"{settings.PUBLIC_URL}{settings.MEDIA_URL}{name}"]
        return {
            "id": use.id,
            "partner_id": self._partner_id,
            "key_id": use.key_id,
            "charge_id": None if use.is_test else use.id,
            "action": use.action,
            "requested_mode": use.mode,
            "mode": use.made_in,
            "aspect_ratio": ratio,
            "resolution": "1k",
            "file_token": token,
            "image_urls": urls,
            "has_thumbnail": bool(urls and self._media and not use.is_test),
            "failure": use.failure,
            "processing_ms": None if use.is_test else use.milliseconds,
            "created_at": use.at,
        }

    def _picture(self, action: str, ratio: str) -> tuple[uuid.UUID, str]:
        """Return the token and the aspect ratio of a picture that was drawn."""
        drawn = self._drawn[action]
        if not drawn or self._count <= self._draws:
            drawn.append((self._draw(action, ratio), ratio))
            return drawn[-1]
        return drawn[self._count % len(drawn)]

    def _draw(self, action: str, ratio: str) -> uuid.UUID:
        token = uuid.uuid4()
        if self._media:
            prompt = _PROMPTS[self._count % len(_PROMPTS)]
            storage = LocalStorage(self._media, f"{settings.PUBLIC_URL}{settings.MEDIA_URL}")
            storage.save(file_names(self._partner_id, action, token, 1)[0], _image(prompt, ratio))
            storage.save(thumbnail_name(self._partner_id, token), _thumbnail(prompt, ratio))
        return token


def _request(action: str, prompt: str, ratio: str) -> ImageRequest:
    return ImageRequest(action, prompt, "fast", ratio, "1k")  # type: ignore[arg-type]


@cache
def _image(prompt: str, ratio: str) -> bytes:
    request = _request("create", prompt, ratio)
    spec = GenerationInput("create", prompt, request.size, Deadline.after(60))
    return LocalProvider().make_images(spec)[0]


@cache
def _thumbnail(prompt: str, ratio: str) -> bytes:
    return make_thumbnail(_image(prompt, ratio))
