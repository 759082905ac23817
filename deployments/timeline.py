"""The steps of a deployment, with times and durations, for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext, gettext_lazy

from deployments import states
from deployments.models import Deployment

#: State → what happens until the next step.
_CURRENT = {
    states.QUEUED: gettext_lazy("Waiting for a worker"),
    states.BUILDING: gettext_lazy("Building the shop"),
    states.CREATED: gettext_lazy("Publishing to production"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """`at` is None until the step is reached; `took` is empty until it is over."""

    title: str
    at: datetime | None
    took: str = ""
    current: str = ""
    is_failure: bool = False


def steps_of(deployment: Deployment) -> list[Step]:
    """Return all steps, including those still ahead."""
    reached = [
        (gettext("Queued"), states.QUEUED, deployment.created_at),
        (gettext("Building"), states.BUILDING, deployment.building_at),
        (gettext("Preview published"), states.CREATED, deployment.generated_at),
    ]
    end = (gettext("Live"), states.LIVE, deployment.ended_at)
    if deployment.state == states.FAILED:
        reached = [entry for entry in reached if entry[2]]
        end = (gettext("Failed"), states.FAILED, deployment.ended_at)
    following = [at for _, _, at in [*reached[1:], end]]
    steps = [
        _step(deployment, title, state, at, after)
        for (title, state, at), after in zip(reached, following, strict=True)
    ]
    return [*steps, Step(end[0], end[2], is_failure=deployment.state == states.FAILED)]


def duration(time: timedelta) -> str:
    """Format as "0.4 s" or "2 min 5 s"."""
    seconds = max(0.0, time.total_seconds())
    if seconds < 60:
        return gettext("%(seconds)s s") % {"seconds": f"{seconds:.1f}"}
    minutes, rest = divmod(int(seconds), 60)
    return gettext("%(minutes)s min %(seconds)s s") % {"minutes": f"{minutes:,}", "seconds": rest}


def total(deployment: Deployment) -> str:
    """Return the total duration, or "" while it runs."""
    if not deployment.ended_at:
        return ""
    return duration(deployment.ended_at - deployment.created_at)


def _step(
    deployment: Deployment, title: str, state: str, at: datetime | None, after: datetime | None
) -> Step:
    took = duration(after - at) if at and after else ""
    current = str(_CURRENT[state]) if deployment.state == state else ""
    return Step(title, at, took, current)
