"""Deploy a shop again that has had a deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.utils import timezone

from accounts.services.audit import record_audit
from deployments import events
from deployments.models import Deployment, DeploymentQuerySet, Website
from deployments.services.locks import DeploymentInProgress, WebsiteTakenDown
from deployments.signals import work_added
from integrations.models import WebhookEndpoint
from integrations.services.endpoints import add_endpoint
from integrations.services.webhooks import add_event

Reason = Deployment.Reason


class ShopChanges(TypedDict, total=False):
    """What differs from the deployment before; a member that is missing stays as it was."""

    brand_name: str
    categories: tuple[str, ...]
    logo_url: str
    language: str
    webhook_url: str
    webhook_secret: str
    public_contact: dict[str, Any] | None
    external_id: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Redeployment:
    """`former` must be loaded with its endpoint. A rollback gives the release that it restores."""

    former: Deployment
    changes: ShopChanges = field(default_factory=ShopChanges)
    restores: Deployment | None = None


def redeploy(website: Website, *, plan: Redeployment, action: str, actor: str) -> Deployment:
    """Queue the deployment and its first event; the caller holds the lock on the website.

    Raises `DeploymentConflict`.
    """
    check_free(website)
    now = timezone.now()
    _clear_due_publication(website, now)
    if "public_contact" in plan.changes:
        website.set_public_contact(plan.changes["public_contact"])
        website.save(update_fields=["public_contact"])
    deployment = _create(website, plan, now)
    payload = events.building(website, now)
    add_event(
        endpoint=deployment.endpoint,
        stream=deployment.id,
        payload=events.of_deployment(payload, deployment),
    )
    record_audit(
        partner=website.partner,
        actor=actor,
        action=action,
        target=deployment.id,
        shop=website.identifier,
    )
    transaction.on_commit(lambda: work_added.send(Deployment))
    return deployment


def check_free(website: Website) -> None:
    if website.taken_down_at:
        raise WebsiteTakenDown
    if deployments_of(website).running().exists():
        raise DeploymentInProgress


def deployments_of(website: Website) -> DeploymentQuerySet:
    mine = Deployment.objects.of(website.partner_id).filter(website=website)
    return mine.select_related("endpoint")


def live_deployment_of(website: Website) -> Deployment | None:
    return deployments_of(website).filter(state=Deployment.State.LIVE).first()


def _create(website: Website, plan: Redeployment, now: datetime) -> Deployment:
    changes, source = plan.changes, plan.restores or plan.former
    deployment = Deployment(
        partner_id=website.partner_id,
        website=website,
        endpoint=_endpoint_of(plan.former.endpoint, changes),
        brand_name=changes.get("brand_name", source.brand_name),
        categories=list(changes.get("categories", source.categories)),
        logo_url=changes.get("logo_url", source.logo_url),
        language=changes.get("language", source.language),
        external_id=changes.get("external_id", plan.former.external_id),
        metadata=changes.get("metadata", plan.former.metadata),
        reason=_reason_of(website, plan),
        due_at=now,
        created_at=now,
    )
    if plan.restores:
        deployment.restores_id = plan.restores.restores_id or plan.restores.id
        deployment.set_encrypted("material", plan.restores.get_decrypted("material"))
    deployment.save(force_insert=True)
    return deployment


def _reason_of(website: Website, plan: Redeployment) -> Reason:
    if plan.restores:
        return Reason.ROLLBACK
    return Reason.UPDATE if live_deployment_of(website) else Reason.FIRST


def _endpoint_of(former: WebhookEndpoint, changes: ShopChanges) -> WebhookEndpoint:
    if "webhook_url" not in changes and "webhook_secret" not in changes:
        return former
    url = changes.get("webhook_url", former.url)
    if "webhook_secret" in changes:
        secret = changes["webhook_secret"]
    else:
        secret = former.get_decrypted("secret")
    return add_endpoint(partner_id=former.partner_id, url=url, secret=secret)


def _clear_due_publication(website: Website, now: datetime) -> None:
    """The new release makes it needless; one in progress is waited for."""
    due = Website.objects.of(website.partner_id).filter(pk=website.pk, publish_at__lte=now)
    due.update(publish_at=None)
