"""Image requests of each day, the points that they cost, and the counts of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from accounts.models import ApiKey, DailyCalls, Environment
from billing.models import DailyUsage
from config.db.ids import id_of
from imaging.models import ImageOperation
from tests.billing.chains import without_triggers
from tests.seed.books import Books, Use
from tests.seed.gallery import Gallery
from tests.seed.history import ago
from tests.seed.side import Side
from tests.usage_data import Row, copy_rows, plan_usage

Failure = ImageOperation.Failure
_FAILURES = (Failure.BUSY, Failure.BLOCKED, Failure.FAILED)
_MILLISECONDS = (1_800, 9_400)
#: One in so many requests for thinking mode is made in fast mode.
_FALLBACKS = 8


def add_images(side: Side, media: Path | None, *, days: int, seed: int = 7) -> None:
    """Add the requests of so many days, as many a day as the partner's size asks for.

    `media` is the folder that pictures are drawn into; without one their files are missing. Daily
    counts say what the requests and the ledger say; those that no points were left for are in none.
    """
    calls, usage = plan_usage(side.partner, days=days, seed=seed, scale=side.size / 100)
    lives = _lives(side)
    uses = sorted(_spread(side, _within(lives, usage)), key=lambda use: use.at)
    books, costs = Books(side.partner), {}
    for use in uses:
        cost = 0 if use.is_test else books.charge(use)
        if cost is not None:
            costs[use] = cost
    books.write()
    gallery = Gallery(side, media, draws=2 * side.size)
    with without_triggers():
        copy_rows(ImageOperation, [gallery.operation(use) for use in reversed(costs)])
    counts = _count(side, costs)
    copy_rows(DailyUsage, counts)
    copy_rows(DailyCalls, _agree(_within(lives, calls), counts))
    _remember(side)


def _remember(side: Side) -> None:
    live = ImageOperation.objects.of(side.partner.pk).exclude(charge=None).order_by("-created_at")
    if live:
        side.rows["operation"] = live.filter(failure="")[0].pk
        side.rows["refunded_operation"] = live.exclude(failure="")[0].pk


def _lives(side: Side) -> dict[str, tuple[date, date]]:
    """Return the first day of each key and the day on which it ended."""
    zone = ZoneInfo(side.partner.time_zone)
    never = ago(days=-400)
    lives = {}
    for key in ApiKey.objects.of(side.partner.pk):
        ends = min(at for at in (key.revoked_at, key.expires_at, never) if at)
        lives[key.pk] = (key.created_at.astimezone(zone).date(), ends.astimezone(zone).date())
    return lives


def _within(lives: dict[str, tuple[date, date]], rows: Iterable[Row]) -> list[Row]:
    """A key has no calls before it was made and after it has ended."""
    return [row for row in rows if lives[row["key_id"]][0] <= row["day"] < lives[row["key_id"]][1]]


def _spread(side: Side, usage: Iterable[Row]) -> Iterator[Use]:
    """Yield the requests of the planned days, up to a few minutes ago."""
    zone, random, numbers = ZoneInfo(side.partner.time_zone), side.random, count()
    newest = ago(minutes=4)
    for row in usage:
        for is_failure in [False] * row["succeeded"] + [True] * row["failed"]:
            number = next(numbers)
            at = _moment(row["day"], zone, random)
            if at > newest:
                continue
            falls_back = row["mode"] == "thinking" and number % _FALLBACKS == 3
            yield Use(
                id=id_of(at),
                at=at,
                key_id=row["key_id"],
                is_test=row["is_test"],
                action=row["action"],
                mode=row["mode"],
                made_in="fast" if falls_back else row["mode"],
                milliseconds=random.randint(*_MILLISECONDS),
                failure=_FAILURES[number % 3] if is_failure else "",
            )


def _moment(day: date, zone: ZoneInfo, random: Random) -> datetime:
    """Mostly in the afternoon."""
    hours = random.triangular(0, 24, 15)
    return datetime.combine(day, time(), zone) + timedelta(hours=hours)


def _count(side: Side, costs: dict[Use, int]) -> list[Row]:
    zone = ZoneInfo(side.partner.time_zone)
    counts: dict[tuple[object, ...], Row] = {}
    for use, cost in costs.items():
        named = {
            "partner_id": side.partner.pk,
            "day": use.at.astimezone(zone).date(),
            "key_id": use.key_id,
            "action": use.action,
            "mode": use.made_in,
            "is_test": use.is_test,
        }
        row = counts.setdefault(
            tuple(named.values()), {**named, "succeeded": 0, "failed": 0, "points": 0}
        )
        row["failed" if use.failure else "succeeded"] += 1
        row["points"] += cost
    return list(counts.values())


def _agree(calls: Sequence[Row], counts: Iterable[Row]) -> list[Row]:
    """Let a key's calls be its images, a tenth of other calls, and those that were refused."""
    made: dict[tuple[str, date], list[int]] = {}
    for row in counts:
        sums = made.setdefault((row["key_id"], row["day"]), [0, 0])
        sums[0] += row["succeeded"]
        sums[1] += row["failed"]
    management = set(
        ApiKey.objects.filter(environment=Environment.MANAGEMENT).values_list("pk", flat=True)
    )
    agreed = []
    for row in calls:
        images = made.get((row["key_id"], row["day"]), [0, 0])
        others = (
            {}
            if row["key_id"] in management
            else {"succeeded": images[0] * 11 // 10, "failed": images[1]}
        )
        agreed.append({**row, **others})
    return agreed
