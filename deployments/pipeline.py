"""Build, publish and take down shops, one after the other, until none is due."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import structlog
from django.conf import settings
from django.db import Error, connection

from config.db.functions import release_connection
from config.egress.deadline import Deadline, DeadlineExceeded
from deployments import states
from deployments.backends import configured_builder, configured_target
from deployments.build_input import brief_of, fetch_logo
from deployments.builder.base import BuildFailed
from deployments.models import Deployment
from deployments.services import takedowns, transitions
from deployments.targets.base import PublishFailed, Release, Stage

log = structlog.get_logger(__name__)

#: A worker that has been at it this long lets other work through before it goes on.
_TURN_SECONDS = 30.0
_GENERIC = "The website could not be built. Please try again."
_TOO_SLOW = "The website took too long to build. Please try again."


def run_due() -> bool:
    """One turn of a worker; returns whether it ended for the sake of other work, not of none."""
    end = time.monotonic() + _TURN_SECONDS
    try:
        while _take_down_next() or _run_next():
            if time.monotonic() > end:
                return True
    except Error as error:
        # The scheduler enqueues again, and what was begun goes on when its lease has ended.
        log.warning("deployments waiting for database", error=str(error).strip())
        connection.close()
    return False


def _take_down_next() -> bool:
    takedown = takedowns.claim_takedown()
    if takedown is None:
        return False
    try:
        configured_target().remove(takedown.identifier)
    except (PublishFailed, DeadlineExceeded) as error:
        # It is due again in a minute.
        log.error("takedown failed", identifier=takedown.identifier, error=str(error))
    else:
        takedowns.finish_takedown(takedown)
    return True


def _run_next() -> bool:
    deployment = transitions.claim_next()
    if deployment is None:
        return False
    try:
        _run(deployment)
    except transitions.LeaseLost:
        log.warning("deployment finished or claimed by another worker", deployment=deployment.id)
        mine = Deployment.objects.of(deployment.partner_id)
        if not mine.filter(pk=deployment.pk).exists():
            _clear_builds(deployment)
    return True


def _run(deployment: Deployment) -> None:
    """Takes a claimed deployment as far as it goes. Raises `LeaseLost`."""
    try:
        if transitions.exceeded_attempts(deployment):
            raise BuildFailed(_GENERIC)
        _advance(deployment)
    except (transitions.LeaseLost, Error):
        raise
    except (BuildFailed, PublishFailed) as error:
        _fail(deployment, str(error))
    except DeadlineExceeded:
        _fail(deployment, _TOO_SLOW)
    except Exception:
        log.exception("deployment failed", deployment=deployment.id)
        _fail(deployment, _GENERIC)


def _advance(deployment: Deployment) -> None:
    if deployment.state == states.QUEUED:
        transitions.step_to_building(deployment)
    if deployment.state == states.BUILDING:
        deadline = Deadline.after(settings.DEPLOY_STEP_SECONDS)
        _build(deployment, deadline)
        _publish(deployment, "preview", deadline)
        transitions.step_to_created(deployment)
    if deployment.state == states.CREATED:
        deadline = Deadline.after(settings.DEPLOY_STEP_SECONDS)
        # On another machine, or after a crash, the files may not be there; they come out alike.
        if not _folder(deployment).is_dir():
            _build(deployment, deadline)
        _publish(deployment, "production", deadline)
        # Before the end is written down: after it nobody would come back to clear.
        _clear_builds(deployment)
        transitions.step_to_live(deployment)


def _fail(deployment: Deployment, error: str) -> None:
    _clear_builds(deployment)
    transitions.note_failure(deployment, error)


def _build(deployment: Deployment, deadline: Deadline) -> None:
    """Builds beside the final folder and moves it there whole; a notice stays on the deployment."""
    release_connection()
    _clear_builds(deployment)
    folder = _folder(deployment)
    draft = folder.with_name(f"{folder.name}.{deployment.lease_token}")
    draft.mkdir(parents=True)
    logo, deployment.notice = fetch_logo(deployment, draft.with_suffix(".logo"), deadline)
    configured_builder().build(brief_of(deployment, logo), draft, deadline=deadline)
    draft.rename(folder)


def _publish(deployment: Deployment, stage: Stage, deadline: Deadline) -> None:
    transitions.check_lease(deployment)
    release_connection()
    release = Release(deployment.id, deployment.website.identifier, _folder(deployment))
    configured_target().publish(release, stage, deadline=deadline)


def _clear_builds(deployment: Deployment) -> None:
    """Whatever any attempt has built or left half built on this machine."""
    folder = _folder(deployment)
    for path in folder.parent.glob(f"{folder.name}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _folder(deployment: Deployment) -> Path:
    return Path(settings.BUILDS_ROOT) / deployment.id
