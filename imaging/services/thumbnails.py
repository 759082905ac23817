"""Small copies of images, which the dashboard's lists show."""

from __future__ import annotations

import structlog

from config.egress.deadline import Deadline, DeadlineExceeded
from imaging.backends import configured_storage
from imaging.providers.base import GenerationFailed
from imaging.providers.postprocess import make_thumbnail
from imaging.requests import thumbnail_name
from imaging.services.operations import Operation
from imaging.storage.base import StorageError

log = structlog.get_logger(__name__)


def save_thumbnail(operation: Operation, *, png: bytes, deadline: Deadline) -> bool:
    """Store a small copy of the first image; a request never fails for the lack of one."""
    name = thumbnail_name(operation.partner_id, operation.file_token)
    try:
        configured_storage().save(name, make_thumbnail(png, deadline=deadline))
    except (StorageError, GenerationFailed, DeadlineExceeded) as error:
        log.warning("thumbnail not stored", operation=operation.id, error=str(error))
        return False
    return True
