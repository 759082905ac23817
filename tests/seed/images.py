"""Three weeks of image operations, with their ledger entries."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings

from billing.models import Charge, DailyUsage, LedgerEntry
from config.egress.deadline import Deadline
from imaging.models import ImageOperation
from imaging.providers.base import GenerationInput
from imaging.providers.local import LocalProvider
from imaging.providers.postprocess import make_thumbnail
from imaging.requests import ImageRequest, file_names, thumbnail_name
from imaging.services.operations import (
    Operation,
    start_operation,
)
from imaging.services.settlements import finish_operation, refund_operation
from imaging.storage.local import LocalStorage
from tests.seed.history import ago, as_of, backdate
from tests.seed.side import Side

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
#: Whose calls they were, in turn.
_CALLERS = ["Storefront", "Storefront", "Catalogue import", "Mobile app", "Staging"]
Failure = ImageOperation.Failure


def add_images(side: Side, media: Path | None) -> None:
    """`media` is the folder that pictures are drawn into; without one their files are missing."""
    times: dict[str, datetime] = {}
    count = 2 * side.size
    for number in range(count):
        at = ago(hours=1 + 12 * (count - number), minutes=number * 7 % 60)
        with as_of(at):
            operation = _call(side, number, media)
        times[operation.id] = at
    backdate(ImageOperation, times, "created_at")
    backdate(Charge, times, "created_at", "lease_until")
    backdate(Charge, times, "settled_at")
    backdate(LedgerEntry, times, "created_at", by="operation_id")
    # These counted for today; the history of usage is filled in as a whole.
    DailyUsage.objects.filter(partner=side.partner).delete()
    operations = ImageOperation.objects.filter(partner=side.partner).order_by("-created_at")
    side.rows["operation"] = operations.exclude(image_urls=[]).exclude(charge=None)[0].pk
    side.rows["refunded_operation"] = operations.exclude(failure="")[0].pk


def _call(side: Side, number: int, media: Path | None) -> Operation:
    mode = "thinking" if number % 5 == 3 else "fast"
    action = "enhance" if number % 7 == 4 else "create"
    ratio = _RATIOS[number % len(_RATIOS)]
    image_request = ImageRequest(action, "", mode, ratio, "1k", _inputs(action))  # type: ignore[arg-type]
    admission = side.admission(_CALLERS[number % len(_CALLERS)])
    operation = start_operation(admission=admission, image_request=image_request)
    if operation.is_test:
        return operation
    if number % 11 == 6:
        failure = [Failure.BLOCKED, Failure.BUSY, Failure.FAILED][number % 3]
        refund_operation(partner_id=side.partner.id, operation_id=operation.id, failure=failure)
        return operation
    made_in = "fast" if number % 20 == 13 else mode
    urls = _draw(operation, image_request, number, media)
    milliseconds = side.random.randint(1_800, 9_400)
    finish_operation(
        operation=operation,
        mode=made_in,
        urls=urls,
        milliseconds=milliseconds,
        has_thumbnail=media is not None,
    )
    return operation


def _inputs(action: str) -> tuple[str, ...]:
    return ("https://cdn.example.com/product.jpg",) if action == "enhance" else ()


def _draw(
    operation: Operation, image_request: ImageRequest, number: int, media: Path | None
) -> list[str]:
    names = file_names(operation.partner_id, image_request.action, operation.file_token, 1)
    if media:
        prompt, ratio = _PROMPTS[number % len(_PROMPTS)], image_request.aspect_ratio
        storage = LocalStorage(media, f"{settings.PUBLIC_URL}{settings.MEDIA_URL}")
        storage.save(names[0], _picture(prompt, ratio))
        small = thumbnail_name(operation.partner_id, operation.file_token)
        storage.save(small, _thumbnail(prompt, ratio))
    return [f"{settings.PUBLIC_URL}{settings.MEDIA_URL}{name}" for name in names]


@cache
def _picture(prompt: str, ratio: str) -> bytes:
    image_request = ImageRequest("create", prompt, "fast", ratio, "1k")
    spec = GenerationInput("create", prompt, image_request.size, Deadline.after(60))
    return LocalProvider().make_images(spec)[0]


@cache
def _thumbnail(prompt: str, ratio: str) -> bytes:
    return make_thumbnail(_picture(prompt, ratio))
