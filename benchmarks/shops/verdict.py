"""What must hold at the end: in the database, at the receiver and in the published shops."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.kills.verdict import Finding
from benchmarks.shops.receiver import Arrival

WAY = ["website.building", "website.created", "deployment.success"]


def judge(
    database_url: str, arrivals: list[Arrival], requested: dict[str, str], folder: Path
) -> list[Finding]:
    """Return a finding per rule; `requested` has the identifiers by deployment."""
    with psycopg.connect(database_url) as connection:
        states: dict[str, str] = dict(
            connection.execute(
                "SELECT id, concat_ws(' ', state, nullif(error, '')) FROM deployments_deployment"
            ).fetchall()
        )
        rows = connection.execute(
            "SELECT stream, event, id, state, body FROM integrations_webhookdelivery"
            " ORDER BY stream, position"
        ).fetchall()
    accepted = [arrival for arrival in arrivals if arrival.is_accepted]
    return [
        Finding("every requested deployment is live", _not_live(states, requested)),
        Finding("every deployment has its three events, each once", _not_whole(rows, requested)),
        Finding(
            "every event is delivered",
            [f"{r[0]} {r[1]}: {r[3]}" for r in rows if r[3] != "delivered"],
        ),
        Finding("every event was accepted by the receiver", _not_accepted(rows, accepted)),
        Finding("events arrived in order", _out_of_order(accepted)),
        Finding("one id for each event, and none unknown", _strange_ids(rows, arrivals)),
        Finding("every request had the stored bytes", _changed_bodies(rows, arrivals)),
        Finding("every signature was valid", [a.event_id for a in arrivals if not a.is_signed]),
        Finding("every shop is published", _unpublished(requested, folder / "sites")),
        Finding("no build was left behind", _left_behind(folder / "builds")),
    ]


def _not_live(states: dict[str, str], requested: dict[str, str]) -> list[str]:
    ended = [f"{each}: {states.get(each)}" for each in requested if states.get(each) != "live"]
    return ended + [f"{each} was never requested" for each in states.keys() - requested.keys()]


def _not_whole(rows: list[tuple[str, ...]], requested: dict[str, str]) -> list[str]:
    events = defaultdict(list)
    for stream, event, *_ in rows:
        events[stream].append(event)
    return [f"{stream}: {events[stream]}" for stream in requested if events[stream] != WAY]


def _not_accepted(rows: list[tuple[str, ...]], accepted: list[Arrival]) -> list[str]:
    known = {arrival.event_id for arrival in accepted}
    return [f"{stream} {event}" for stream, event, event_id, *_ in rows if event_id not in known]


def _out_of_order(accepted: list[Arrival]) -> list[str]:
    first: dict[str, list[str]] = defaultdict(list)
    for arrival in accepted:
        if arrival.event not in first[arrival.identifier]:
            first[arrival.identifier].append(arrival.event)
    return [f"{shop}: {events}" for shop, events in first.items() if events != WAY[: len(events)]]


def _strange_ids(rows: list[tuple[str, ...]], arrivals: list[Arrival]) -> list[str]:
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for arrival in arrivals:
        ids[arrival.identifier, arrival.event].add(arrival.event_id)
    known = {event_id for _, _, event_id, *_ in rows}
    return [f"{event}: {found}" for event, found in ids.items() if len(found) > 1] + [
        f"{arrival.event_id} is unknown" for arrival in arrivals if arrival.event_id not in known
    ]


def _changed_bodies(rows: list[tuple[Any, ...]], arrivals: list[Arrival]) -> list[str]:
    bodies = {event_id: body for _, _, event_id, _, body in rows}
    return [each.event_id for each in arrivals if bodies.get(each.event_id) != each.body]


def _unpublished(requested: dict[str, str], sites: Path) -> list[str]:
    return [
        identifier
        for identifier in requested.values()
        for stage in ("preview", "production")
        if not (sites / identifier / stage / "index.html").is_file()
    ]


def _left_behind(builds: Path) -> list[str]:
    return [path.name for path in builds.iterdir()] if builds.exists() else []


def count_repeats(arrivals: list[Arrival]) -> int:
    """Count accepted requests beyond the first of an event, which receivers recognize by its id."""
    counts = Counter(arrival.event_id for arrival in arrivals if arrival.is_accepted)
    return counts.total() - len(counts)
