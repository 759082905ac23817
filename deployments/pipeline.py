"""Build, publish and take down shops, one after the other, until none is due."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import get_args

import structlog
from django.conf import settings
from django.db import Error, connection
from django.utils.translation import gettext_noop

from config.db.owned import is_sandbox
from config.db.statements import release_connection
from config.egress.deadline import Deadline, DeadlineExceeded
from deployments import rehearsals, states
from deployments.backends import builder_without_model, configured_builder, configured_target
from deployments.build_input import prepare_build_input
from deployments.builder.base import BuildFailed
from deployments.models import Deployment, Takedown
from deployments.services import suspensions, takedowns, transitions, updates
from deployments.site_urls import site_name
from deployments.targets.base import PublishFailed, Release, Stage
from deployments.targets.github_actions import FAILURE

log = structlog.get_logger(__name__)

#: After this time a worker lets other jobs run before it continues.
_TURN_SECONDS = 30.0
_GENERIC = gettext_noop("The website could not be built. Please try again.")
_TOO_SLOW = gettext_noop("The website took too long to build. Please try again.")


def run_due() -> bool:
    """Process due work; return True if it stopped to let other jobs run."""
    end = time.monotonic() + _TURN_SECONDS
    try:
        while _take_down_next() or _run_next() or _publish_next() or updates.update_next_shop():
            if time.monotonic() > end:
                return True
    except Error as error:
        # The scheduler enqueues again; interrupted deployments continue when their lease expires.
        log.warning("deployments waiting for database", error=str(error).strip())
        connection.close()
    return False


def _take_down_next() -> bool:
    return _take_down(takedowns.claim_takedown())


def take_down_now(identifier: str) -> None:
    """Remove a shop without waiting for the worker, if its target is quick.

    Whatever goes wrong is left to the worker.
    """
    if configured_target().removes_quickly:
        _take_down(takedowns.claim_takedown(identifier))


def _take_down(takedown: Takedown | None) -> bool:
    if takedown is None:
        return False
    try:
        configured_target().remove(site_name(takedown))
    except (PublishFailed, DeadlineExceeded) as error:
        # It becomes due again in a minute.
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
        running = Deployment.objects.of(deployment.partner_id).running()
        if not running.filter(pk=deployment.pk).exists():
            _clear_builds(deployment)
    return True


def _publish_next() -> bool:
    """Publish both stages of a live shop again, without webhooks: nothing changed."""
    deployment = suspensions.claim_publication()
    if deployment is None:
        return False
    deadline = Deadline.after(settings.DEPLOY_STEP_SECONDS)
    try:
        _build(deployment, deadline)
        release = Release(deployment.id, site_name(deployment.website), _folder(deployment))
        for stage in get_args(Stage):
            configured_target().publish(release, stage, deadline=deadline)
    except Error:
        raise
    except Exception:
        # It becomes due again in minutes.
        log.exception("shop not published again", identifier=deployment.website.identifier)
    else:
        suspensions.finish_publication(deployment)
    finally:
        _clear_builds(deployment)
    return True


def _run(deployment: Deployment) -> None:
    """Advance a claimed deployment to its end or its failure; raise `LeaseLost`."""
    try:
        if transitions.exceeded_attempts(deployment):
            raise BuildFailed(_GENERIC)
        _advance(deployment)
    except (transitions.LeaseLost, Error):
        raise
    except rehearsals.RehearsedFailure as failure:
        _clear_builds(deployment)
        transitions.cancel(deployment, error=str(failure))
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
        _rehearse(deployment, rehearsals.FAIL_BUILDING, _GENERIC)
        deadline = Deadline.after(settings.DEPLOY_STEP_SECONDS)
        _build(deployment, deadline)
        _publish(deployment, "preview", deadline)
        transitions.step_to_created(deployment)
    if deployment.state == states.CREATED:
        _rehearse(deployment, rehearsals.FAIL_DEPLOYING, FAILURE)
        deadline = Deadline.after(settings.DEPLOY_STEP_SECONDS)
        # After a crash or on another machine the files may be missing; builds are reproducible.
        if not _folder(deployment).is_dir():
            _build(deployment, deadline)
        _publish(deployment, "production", deadline)
        # Clear first: after the last state no worker returns to this deployment.
        _clear_builds(deployment)
        transitions.step_to_live(deployment)


def _rehearse(deployment: Deployment, simulation: str, error: str) -> None:
    if deployment.simulation == simulation:
        raise rehearsals.RehearsedFailure(error)


def _fail(deployment: Deployment, error: str) -> None:
    _clear_builds(deployment)
    transitions.record_failure(deployment, error=error)


def _build(deployment: Deployment, deadline: Deadline) -> None:
    """Build in a draft folder and rename it when complete; keep the notice on the deployment."""
    release_connection()
    _clear_builds(deployment)
    folder = _folder(deployment)
    draft = folder.with_name(f"{folder.name}.{deployment.lease_token}")
    draft.mkdir(parents=True)
    own = draft.with_name(f"{draft.name}.input")
    own.mkdir()
    build_input = prepare_build_input(deployment, own, deadline)
    is_test = is_sandbox(deployment.partner_id)
    builder = builder_without_model() if is_test else configured_builder()
    builder.build(build_input, draft, deadline=deadline)
    draft.rename(folder)


def _publish(deployment: Deployment, stage: Stage, deadline: Deadline) -> None:
    transitions.check_lease(deployment)
    release_connection()
    release = Release(deployment.id, site_name(deployment.website), _folder(deployment))
    configured_target().publish(release, stage, deadline=deadline)


def _clear_builds(deployment: Deployment) -> None:
    """Delete all complete and partial builds of the deployment on this machine."""
    folder = _folder(deployment)
    for path in folder.parent.glob(f"{folder.name}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _folder(deployment: Deployment) -> Path:
    return Path(settings.BUILDS_ROOT) / deployment.id
