"""A deployment's way as a person follows it: its steps, when each was reached, what each took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from deployments import states
from deployments.models import Deployment

#: Step → what happens on the way to the next one.
_DOING = {
    states.QUEUED: "Waiting for a worker",
    states.BUILDING: "Building the shop",
    states.CREATED: "Publishing to production",
}


@dataclass(frozen=True, slots=True)
class Step:
    """`at` is None for a step that is not reached yet, `took` for one that is not over."""

    title: str
    at: datetime | None
    took: str = ""
    doing: str = ""
    is_failure: bool = False


def steps_of(deployment: Deployment) -> list[Step]:
    """From the order to the end, those that are still ahead included."""
    moments = [
        ("Ordered", states.QUEUED, deployment.created_at),
        ("Building", states.BUILDING, deployment.building_at),
        ("Preview published", states.CREATED, deployment.generated_at),
    ]
    end = ("Live", states.LIVE, deployment.ended_at)
    if deployment.state == states.FAILED:
        moments = [moment for moment in moments if moment[2]]
        end = ("Failed", states.FAILED, deployment.ended_at)
    following = [at for _, _, at in [*moments[1:], end]]
    steps = [
        _step(deployment, title, state, at, after)
        for (title, state, at), after in zip(moments, following, strict=True)
    ]
    return [*steps, Step(end[0], end[2], is_failure=deployment.state == states.FAILED)]


def duration(time: timedelta) -> str:
    """Such as "0.4 s" or "2 min 5 s"."""
    seconds = max(0.0, time.total_seconds())
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60):,} min {int(seconds % 60)} s"


def total(deployment: Deployment) -> str:
    """From the order to the end; empty while it runs."""
    if not deployment.ended_at:
        return ""
    return duration(deployment.ended_at - deployment.created_at)


def _step(
    deployment: Deployment, title: str, state: str, at: datetime | None, after: datetime | None
) -> Step:
    took = duration(after - at) if at and after else ""
    return Step(title, at, took, _DOING[state] if deployment.state == state else "")
