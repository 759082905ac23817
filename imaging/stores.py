"""Where images are, for backups."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from config.backups.stores import StoredFile, file_store, files_below
from imaging.backends import configured_storage


@file_store("images")
def list_images() -> Iterator[StoredFile]:
    from imaging.storage.s3 import S3Storage  # noqa: PLC0415 - spares others boto3's six megabytes

    storage = configured_storage()
    if isinstance(storage, S3Storage):
        yield from (StoredFile(name, size) for name, size in storage.list_files())
    else:
        yield from files_below(settings.MEDIA_ROOT)
