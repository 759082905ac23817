"""Where published shops are, for backups."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from config.backups.stores import StoredFile, file_store, files_below
from deployments.backends import configured_target


@file_store("sites")
def list_sites() -> Iterator[StoredFile]:
    """List nothing for GitHub Actions, which publishes elsewhere."""
    match settings.DEPLOY_TARGET:
        case "s3":
            target = configured_target()
            assert hasattr(target, "list_files")
            yield from (StoredFile(name, size) for name, size in target.list_files())
        case "local":
            yield from files_below(settings.SITES_ROOT)
