"""Leases and state transitions of deployments; each transition sends its webhook once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from config.db.ids import new_id
from deployments import events, states
from deployments.models import Deployment, DeploymentQuerySet, Website
from deployments.services.updates import retry_update
from integrations.services.webhooks import add_event

#: Failed attempts at one step before the deployment fails.
MAX_ATTEMPTS = 3
#: Interrupted attempts at one step. More are allowed, since most interruptions are not caused by
#: the shop but by a restart or an unavailable database.
MAX_INTERRUPTED = 6
#: Earlier releases of a shop that it can be rolled back to.
KEPT_RELEASES = 10
_PAUSE_AFTER_FAILURE = timedelta(seconds=5)
#: Multiple of the step's deadline, so that a lease never expires while its worker is alive.
_LEASE_SHARE = 1.25
_ERROR_LENGTH = 300


class LeaseLost(Exception):
    """Another worker has taken over the deployment, or it has ended."""


def claim_next() -> Deployment | None:
    """Lease a due deployment and count the attempt in advance."""
    with transaction.atomic():
        due = Deployment.objects.of_all().ready().order_by("due_at")
        rows = due.select_related("website__account", "endpoint")
        deployment = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if deployment is None:
            return None
        deployment.lease_token = new_id()
        deployment.attempts += 1
        Deployment.objects.of(deployment.partner_id).filter(pk=deployment.pk).update(
            lease_token=deployment.lease_token,
            lease_until=Now() + _lease(),
            attempts=deployment.attempts,
        )
    return deployment


def check_lease(deployment: Deployment) -> None:
    """Raise `LeaseLost`; call before publishing, so that the site of a deleted account or of a
    deactivated partner, or one that staff took down, stays down."""
    mine = _held(deployment).filter(partner__is_active=True, website__taken_down_at=None)
    if not mine.exists():
        raise LeaseLost


def exceeded_attempts(deployment: Deployment) -> bool:
    """Return whether so many workers died that the shop itself is the likely cause."""
    return deployment.attempts > MAX_INTERRUPTED


def step_to_building(deployment: Deployment) -> None:
    _step(deployment, states.BUILDING, stamp="building_at")


def step_to_created(deployment: Deployment) -> None:
    _step(deployment, states.CREATED, stamp="generated_at", payload=events.created)


def step_to_live(deployment: Deployment) -> None:
    _step(deployment, states.LIVE, stamp="ended_at", payload=events.succeeded)


def record_failure(deployment: Deployment, *, error: str) -> None:
    """Schedule a retry of the step, or fail the deployment."""
    if deployment.attempts < MAX_ATTEMPTS:
        _held(deployment).update(
            due_at=Now() + _PAUSE_AFTER_FAILURE, lease_until=None, lease_token=""
        )
        return
    with transaction.atomic():
        _fail(deployment, error)
        if deployment.reason != Deployment.Reason.FIRST:
            # Visitors may see a part of the failed release.
            websites = Website.objects.of(deployment.partner_id)
            websites.filter(pk=deployment.website_id).update(publish_at=Now())
            retry_update(deployment)


def cancel(deployment: Deployment, *, error: str) -> None:
    """Fail a deployment that the caller has locked; its worker loses the lease."""
    _fail(deployment, error)


def _fail(deployment: Deployment, error: str) -> None:
    deployment.error = error[:_ERROR_LENGTH]

    def payload(website: Website, at: datetime) -> events.Payload:
        return events.failed(website, deployment.error, at)

    _step(deployment, states.FAILED, stamp="ended_at", payload=payload)


def _step(
    deployment: Deployment,
    after: str,
    *,
    stamp: str,
    payload: Callable[[Website, datetime], events.Payload] | None = None,
) -> None:
    """Change the state and add its webhook in one transaction; raise `LeaseLost`."""
    if not states.may_follow(deployment.state, after):
        raise AssertionError(f"{after} may not follow {deployment.state}")
    now = timezone.now()
    with transaction.atomic():
        if after == states.LIVE:
            _replace_former(deployment)
        moved = _held(deployment).update(
            state=after,
            error=deployment.error,
            notice=deployment.notice,
            material=deployment.material if after != states.FAILED else "",
            attempts=1,
            lease_until=Now() + _lease() if after in states.RUNNING else None,
            **{stamp: now},
        )
        if not moved:
            raise LeaseLost
        if payload:
            content = payload(deployment.website, now)
            add_event(
                endpoint=deployment.endpoint,
                stream=deployment.id,
                payload=events.of_deployment(content, deployment),
            )
    deployment.state, deployment.attempts = after, 1


def _replace_former(deployment: Deployment) -> None:
    mine = Deployment.objects.of(deployment.partner_id)
    mine = mine.filter(website=deployment.website_id)
    mine.filter(state=states.LIVE).update(state=states.REPLACED)
    replaced = mine.filter(state=states.REPLACED).exclude(material="")
    newest_first = replaced.order_by("-created_at", "-id").values_list("pk", flat=True)
    mine.filter(pk__in=list(newest_first[KEPT_RELEASES:])).update(material="")


def _held(deployment: Deployment) -> DeploymentQuerySet:
    return Deployment.objects.of(deployment.partner_id).filter(
        pk=deployment.pk, state=deployment.state, lease_token=deployment.lease_token
    )


def _lease() -> timedelta:
    return timedelta(seconds=settings.DEPLOY_STEP_SECONDS * _LEASE_SHARE)
