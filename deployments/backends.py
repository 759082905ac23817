"""The publishing target and the builder of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from deployments.builder.base import ShopBuilder
from deployments.builder.static import StaticShopBuilder
from deployments.targets.archives import ArchiveStore
from deployments.targets.base import PublishTarget
from deployments.targets.domain_links import DomainLinks
from deployments.targets.github_actions import GitHubActionsTarget
from deployments.targets.local import LocalTarget


def configured_builder() -> ShopBuilder:
    """Return the builder, with the copy writer at the dotted path `SHOP_COPY_WRITER`, if set."""
    path = settings.SHOP_COPY_WRITER
    return StaticShopBuilder(import_string(path) if path else None)


def builder_without_model() -> ShopBuilder:
    """Return the builder of test shops, whose texts cost nothing."""
    return StaticShopBuilder(None)


def configured_target() -> PublishTarget:
    """Return the target of `DEPLOY_TARGET`: "local", "s3" or "github_actions"."""
    match settings.DEPLOY_TARGET:
        case "s3":
            return _s3(settings.SITES_S3_BUCKET, settings.S3_ENDPOINT_URL, settings.S3_ACL)
        case "github_actions":
            return _github_actions()
        case _:
            return LocalTarget(Path(settings.SITES_ROOT))


def serve_domains(wanted: Mapping[str, str], origins: Mapping[str, str]) -> None:
    """Serve these hosts, with the identifiers of their shops, and shops at these origins first, if
    the application serves shops."""
    if settings.DEPLOY_TARGET == "local":
        DomainLinks(Path(settings.SITES_ROOT)).replace(wanted, origins)


@lru_cache(maxsize=4)
def _s3(bucket: str, endpoint_url: str | None, acl: str) -> PublishTarget:
    """Create the target once: a boto3 client takes about 100 ms."""
    # boto3 takes a tenth of a process's start-up time.
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
        archives=ArchiveStore(Path(settings.SITES_ROOT)),
        archive_url=_archive_url,
    )


def _archive_url(token: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse('site-archive', args=[token])}"
