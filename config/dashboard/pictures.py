"""The last images of a partner, as thumbnails."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Environment, Partner
from imaging.image_urls import thumbnail_source
from imaging.models import ImageOperation, ImageTakedown

_MOST = 8
#: Operations are read in excess: failed ones and those in progress have no image.
_READ = 24


@dataclass(frozen=True, slots=True)
class Picture:
    operation: ImageOperation
    source: str


def read_pictures(partner: Partner, *, is_test: bool) -> list[Picture]:
    """Return the newest, in two queries, without those that were taken down."""
    environment = Environment.TEST if is_test else Environment.LIVE
    rows = ImageOperation.objects.of(partner.pk).filter(key__environment=environment)
    newest = list(rows.order_by("-created_at", "-pk")[:_READ])
    down = ImageTakedown.objects.of(partner.pk).filter(restored_at=None, operation__in=newest)
    hidden = set(down.values_list("operation_id", flat=True))
    shown = (
        Picture(row, source)
        for row in newest
        if row.pk not in hidden and (source := thumbnail_source(row))
    )
    return list(shown)[:_MOST]
