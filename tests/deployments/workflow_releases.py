"""A release that a workflow publishes, for tests of that target."""

from __future__ import annotations

from collections.abc import Callable

from config.egress.deadline import Deadline
from deployments.targets.base import Release, Stage
from deployments.targets.github_actions import GitHubActionsTarget
from tests.waiting import SOON

Make = Callable[..., GitHubActionsTarget]


def publish(
    target: GitHubActionsTarget,
    release: Release,
    stage: Stage = "production",
    seconds: float = 4 * SOON,
) -> None:
    target.publish(release, stage, deadline=Deadline.after(seconds))
