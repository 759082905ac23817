"""The states of deployments and their transitions."""

from __future__ import annotations

QUEUED, BUILDING, CREATED, LIVE, FAILED = "queued", "building", "created", "live", "failed"
#: A later deployment of the shop is live.
REPLACED = "replaced"

#: State → the states that may follow it. Forward only.
NEXT: dict[str, frozenset[str]] = {
    QUEUED: frozenset({BUILDING, FAILED}),
    BUILDING: frozenset({CREATED, FAILED}),
    CREATED: frozenset({LIVE, FAILED}),
    LIVE: frozenset({REPLACED}),
    REPLACED: frozenset(),
    FAILED: frozenset(),
}
RUNNING = frozenset({QUEUED, BUILDING, CREATED})
#: The release of a replaced deployment has given way to a newer one.
PUBLISHED = frozenset({LIVE, REPLACED})


def may_follow(before: str, after: str) -> bool:
    return after in NEXT[before]
