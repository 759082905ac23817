"""Publish shops with a workflow of the operator's GitHub repository."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog
from django.utils.translation import gettext_noop

from config.egress.deadline import Deadline, DeadlineExceeded
from deployments.targets.archives import ArchiveStore
from deployments.targets.base import PublishFailed, Release, Stage
from deployments.targets.github_api import GitHubError, Run, WorkflowApi

log = structlog.get_logger(__name__)

#: As documented (API documentation, "Webhook Payload Examples"): partners' servers may match it.
FAILURE = gettext_noop("GitHub Actions deployment failed")
#: How far back to search for earlier attempts; deployments fail long before.
_LOOK_BACK = timedelta(hours=24)
#: The tolerated difference between GitHub's clock and ours.
_CLOCK_SKEW = timedelta(minutes=5)
_APPEAR_SECONDS = 60.0
_REMOVAL_SECONDS = 90.0


class GitHubActionsTarget:
    """Dispatches `workflow` at `ref` and follows its run to the end.

    The workflow needs these lines; all inputs are strings:

        run-name: Shop ${{ inputs.identifier }} ${{ inputs.correlation }}
        on:
          workflow_dispatch:
            inputs:
              correlation: {required: true}     # our name for the run
              identifier: {required: true}
              stage: {required: true}           # preview, production or remove
              release: {required: false}
              archive_url: {required: false}    # the site as .tar.gz, for six hours
              archive_sha256: {required: false}
        concurrency: shop-${{ inputs.identifier }}    # a removal waits for a publication

    It fetches `archive_url` (a signed link to this application; the archive has `index.html` at
    its top), compares the checksum and publishes the files; with stage `remove` it takes both
    stages of the shop down. Publishing the same release again has to be harmless.

    GitHub does not return the run of a dispatch, so the run's title contains `correlation`:
    `[{release} {stage} {attempt}]`. After a crash the run of the earlier attempt is found by it
    and followed; another one is dispatched only when that one failed.
    """

    removes_quickly = False

    def __init__(
        self,
        *,
        api_url: str,
        repository: str,
        workflow: str,
        token: str,
        ref: str,
        archives: ArchiveStore,
        archive_url: Callable[[str], str],
        poll_seconds: float = 5.0,
    ) -> None:
        """`archive_url` converts an archive's token to its public URL."""
        self._api = WorkflowApi(
            api_url=api_url,
            repository=repository,
            workflow=workflow,
            token=token,
            poll_seconds=poll_seconds,
        )
        self._ref = ref
        self._archives = archives
        self._archive_url = archive_url

    def publish(self, release: Release, stage: Stage, *, deadline: Deadline) -> None:
        with _failures(release.identifier):
            archive = self._archives.put(release)
            inputs = {
                "identifier": release.identifier,
                "stage": stage,
                "release": release.id,
                "archive_url": self._archive_url(archive.token),
                "archive_sha256": archive.sha256,
            }
            job = f"{release.id} {stage}"
            attempt, run = self._newest(job, _earlier(), deadline)
            if run is None or (run.is_over and not run.succeeded):
                run = self._start(job, attempt + 1, inputs, deadline)
            self._follow(run, deadline)

    def remove(self, identifier: str) -> None:
        """Follow a removal in progress, but start again after a finished one: the shop may
        have been published since."""
        job, inputs = f"{identifier} remove", {"identifier": identifier, "stage": "remove"}
        deadline = Deadline.after(_REMOVAL_SECONDS)
        with _failures(identifier):
            try:
                attempt, run = self._newest(job, _earlier(), deadline)
                if run is None or run.is_over:
                    run = self._start(job, attempt + 1, inputs, deadline)
                self._follow(run, deadline)
            except DeadlineExceeded as error:
                raise GitHubError("the workflow took too long") from error

    def _start(self, job: str, attempt: int, inputs: dict[str, str], deadline: Deadline) -> Run:
        """Dispatch and wait until the run is listed, which takes some seconds."""
        since = datetime.now(UTC) - _CLOCK_SKEW
        named = {**inputs, "correlation": f"[{job} {attempt}]"}
        is_sure = self._api.dispatch(self._ref, named, deadline=deadline)
        appearing = deadline.capped_at(_APPEAR_SECONDS)
        try:
            while True:
                found, run = self._newest(job, since, appearing)
                if run is not None and found == attempt:
                    return run
                self._api.pause(appearing)
        except DeadlineExceeded:
            deadline.remaining()
            reason = "did not appear" if is_sure else "may not have been dispatched"
            raise GitHubError(f"the run {reason}") from None

    def _follow(self, run: Run, deadline: Deadline) -> None:
        while not run.is_over:
            self._api.pause(deadline)
            run = self._api.run(run.id, deadline=deadline)
        if not run.succeeded:
            raise GitHubError(f"run {run.id} ended as {run.conclusion}")

    def _newest(self, job: str, since: datetime, deadline: Deadline) -> tuple[int, Run | None]:
        """Return the job's last attempt and its run, or 0 and None."""
        pattern = re.compile(rf"\[{re.escape(job)} (\d+)\]", re.ASCII)
        for run in self._api.runs_since(since, deadline=deadline):
            if match := pattern.search(run.title):
                return int(match[1]), run
        return 0, None


def _earlier() -> datetime:
    return datetime.now(UTC) - _LOOK_BACK


@contextmanager
def _failures(identifier: str) -> Iterator[None]:
    try:
        yield
    except (GitHubError, OSError) as error:
        log.warning("publish failed", identifier=identifier, reason=str(error))
        raise PublishFailed(FAILURE) from error
