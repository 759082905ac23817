"""Diagnosis of where shops are published."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from config.doctor import Problem, diagnosis
from deployments.backends import configured_target


@diagnosis("shops")
def check_target() -> str:
    match settings.DEPLOY_TARGET:
        case "s3":
            target = configured_target()
            assert hasattr(target, "check_access")
            target.check_access()
            return f"bucket {settings.SITES_S3_BUCKET} takes files"
        case "local":
            folder = Path(settings.SITES_ROOT)
            parent = next(path for path in (folder, *folder.parents) if path.exists())
            if not os.access(parent, os.W_OK):
                raise Problem(f"{parent} cannot be written to by this user.")
            return str(folder)
    return f"workflow {settings.GITHUB_WORKFLOW} of {settings.GITHUB_REPOSITORY}"
