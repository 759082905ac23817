"""The last images of a partner, as thumbnails."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from django.db.models import Exists, OuterRef

from accounts.models import Environment, Partner
from imaging.image_urls import thumbnail_source
from imaging.models import ImageOperation, ImageTakedown

_MOST = 6
#: Operations are read in excess: failed ones and those in progress have no image.
_READ = 24


@dataclass(frozen=True, slots=True)
class Picture:
    operation: ImageOperation
    source: str


def read_pictures(partner: Partner, *, is_test: bool) -> list[Picture]:
    """Return the newest, without those that were taken down."""
    environment = Environment.TEST if is_test else Environment.LIVE
    rows = ImageOperation.objects.of(partner.pk).filter(key__environment=environment)
    down = ImageTakedown.objects.of(OuterRef("partner")).filter(operation=OuterRef("pk"))
    newest = rows.exclude(Exists(down.filter(restored_at=None))).order_by("-created_at", "-pk")
    shown = (Picture(row, source) for row in newest[:_READ] if (source := thumbnail_source(row)))
    return list(islice(shown, _MOST))
