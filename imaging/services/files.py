"""The stored images of operations that were refunded."""

from __future__ import annotations

import structlog

from imaging.backends import configured_storage
from imaging.models import ImageOperation
from imaging.requests import all_file_names
from imaging.storage.base import StorageError

log = structlog.get_logger(__name__)


def delete_files(operation: ImageOperation) -> None:
    names = all_file_names(operation.partner_id, operation.action, operation.file_token)
    try:
        configured_storage().delete(names)
    except StorageError:
        log.warning("stored images of refunded operation not deleted", operation=operation.id)
