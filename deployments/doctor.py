"""Diagnosis of where shops are published."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError
from django.conf import settings

from config.doctor import Problem, check_folder, diagnosis, one_line
from deployments.backends import configured_target
from deployments.targets.base import PublishFailed


@diagnosis("shops")
def check_target() -> str:
    match settings.DEPLOY_TARGET:
        case "s3":
            target = configured_target()
            assert hasattr(target, "check_access")
            try:
                target.check_access()
            except (PublishFailed, BotoCoreError) as error:
                reason = one_line(error.__cause__ or error)
                raise Problem(
                    f"No shop can be stored: {reason}. Check SITES_S3_BUCKET, S3_REGION,"
                    " S3_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
                ) from error
            return f"bucket {settings.SITES_S3_BUCKET} takes files"
        case "local":
            return check_folder(settings.SITES_ROOT)
    return f"workflow {settings.GITHUB_WORKFLOW} of {settings.GITHUB_REPOSITORY}"
