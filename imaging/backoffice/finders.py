"""The finder of image operations."""

from __future__ import annotations

from collections.abc import Iterable

from config.admin.finders import ID, Hit, finder, first_hits
from imaging.models import ImageOperation


@finder(kind="image operation", form=ID, permission="imaging.view_imageoperation")
def operation_by_id(term: str) -> Iterable[Hit]:
    operations = ImageOperation.objects.of_live().filter(pk=term.lower())
    return first_hits(operations.select_related("partner"), lambda row: row.partner)
