"""The target and the builder that the settings name."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from deployments.builder.base import ShopBuilder
from deployments.builder.static import StaticShopBuilder
from deployments.targets.archives import ArchiveStore
from deployments.targets.base import PublishTarget
from deployments.targets.github_actions import GitHubActionsTarget
from deployments.targets.local import LocalTarget


def configured_builder() -> ShopBuilder:
    """With the writer that `SHOP_COPY_WRITER` names by its dotted path, if it names one."""
    path = settings.SHOP_COPY_WRITER
    return StaticShopBuilder(import_string(path) if path else None)


def configured_target() -> PublishTarget:
    """`DEPLOY_TARGET`: "local", "s3" or "github_actions"."""
    match settings.DEPLOY_TARGET:
        case "s3":
            return _s3(settings.SITES_S3_BUCKET, settings.S3_ENDPOINT_URL, settings.S3_ACL)
        case "github_actions":
            return _github_actions()
        case _:
            return LocalTarget(Path(settings.SITES_ROOT))


@lru_cache(maxsize=4)
def _s3(bucket: str, endpoint_url: str | None, acl: str) -> PublishTarget:
    """Made once: a client of boto3 takes some 100 ms."""
    # boto3 takes a tenth of the time in which a process starts.
    from deployments.targets.s3 import S3Target  # noqa: PLC0415 - only with this target

    return S3Target(
        bucket,
        settings.S3_REGION,
        prefix=settings.SITES_S3_PREFIX,
        acl=acl,
        endpoint_url=endpoint_url,
    )


def _github_actions() -> PublishTarget:
    return GitHubActionsTarget(
        api_url=settings.GITHUB_API_URL,
        repository=settings.GITHUB_REPOSITORY,
        workflow=settings.GITHUB_WORKFLOW,
        token=settings.GITHUB_TOKEN,
        ref=settings.GITHUB_REF,
        shelf=ArchiveStore(Path(settings.SITES_ROOT)),
        archive_url=_archive_url,
    )


def _archive_url(token: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse('site-archive', args=[token])}"
