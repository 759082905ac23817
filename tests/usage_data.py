"""Daily calls of a growing business."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Model

from accounts.models import ApiKey, DailyCalls, Environment, Partner
from accounts.services.keys import create_key
from billing.models import DailyUsage
from config.db.ids import new_id

Row = dict[str, Any]

#: How often each kind is called, and what it costs in hundredths of a point.
_KINDS = {
    ("create", "fast"): (0.52, 725),
    ("create", "thinking"): (0.14, 1400),
    ("enhance", "fast"): (0.27, 725),
    ("enhance", "thinking"): (0.07, 1400),
}
#: Addresses that people and scanners make up.
ODD_QUERIES = [
    "range=banana&environment=banana",
    "range=99999999999999999999&month=2026-13",
    "month=%00&range=%00&environment=%00&key=%00",
    "month=0000-00",
    "month=9999-12",
    "key=ffffffffffffffffffffffff",
    "key=1&key=2&range=-7&range=",
]
_WEEKDAYS = (1.0, 1.08, 1.12, 1.1, 0.98, 0.55, 0.42)


def today() -> date:
    return datetime.now(UTC).date()


def generate_key(partner: Partner, environment: str = "live", name: str = "Default") -> ApiKey:
    return create_key(partner=partner, environment=environment, actor="test", name=name).key


def called(key: ApiKey, days_ago: int = 0, **outcomes: int) -> None:
    """Calls of one day: `succeeded=…, refused=…, failed=…`."""
    day = today() - timedelta(days=days_ago)
    DailyCalls.objects.create(partner_id=key.partner_id, key=key, day=day, **outcomes)


def used(key: ApiKey, days_ago: int = 0, points: int = 0, **fields: Any) -> None:
    """One image of one day, unless `fields` of the rollup say otherwise."""
    values = {"action": "create", "mode": "fast", "succeeded": 1, **fields}
    DailyUsage.objects.create(
        partner_id=key.partner_id,
        key=key,
        day=today() - timedelta(days=days_ago),
        is_test=key.environment == "test",
        points=points,
        **values,
    )


def fill_usage(partner: Partner, days: int = 120, seed: int = 7) -> None:
    """Write what `plan_usage` returns, without the requests that were counted."""
    calls, usage = plan_usage(partner, days=days, seed=seed)
    copy_rows(DailyCalls, calls)
    copy_rows(DailyUsage, usage)


def plan_usage(
    partner: Partner, *, days: int, seed: int, scale: float = 1
) -> tuple[list[Row], list[Row]]:
    """Return rows of `DailyCalls` and `DailyUsage` of every key for the `days` up to today.

    The first key of a kind has the most calls, up to 150 a day at a `scale` of 1. Work days are
    busier than weekends, the business doubles within the time, and one day in the middle went
    badly.
    """
    chance = random.Random(seed)
    calls: list[Row] = []
    usage: list[Row] = []
    for environment in Environment.values:
        keys = partner.api_keys.filter(environment=environment).order_by("created_at")
        for rank, key in enumerate(keys):
            for number in range(days):
                day = partner.today - timedelta(days=days - 1 - number)
                volume = round(scale * _volume(chance, key, rank, day, (number + 1) / days))
                is_bad = number == days - 1 - 9
                calls.append(_calls(chance, key, day, volume, is_bad))
                if environment != Environment.MANAGEMENT:
                    usage += _images(chance, key, day, calls[-1])
    return calls, usage


def copy_rows(model: type[Model], rows: Sequence[Row]) -> None:
    """Insert rows as they are: making models of them takes most of the time of a year.

    All have the columns of the first; those without an `id` get a new one.
    """
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in {"id": "", **rows[0]})
    statement = f"COPY {model._meta.db_table} ({names}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(tuple({"id": row.get("id") or new_id(), **row}.values()))


def _volume(chance: random.Random, key: ApiKey, rank: int, day: date, progress: float) -> float:
    size = {"live": 150, "test": 12, "management": 30}[key.environment] / (1 + 1.4 * rank)
    return size * (0.5 + 0.5 * progress) * _WEEKDAYS[day.weekday()] * chance.gauss(1, 0.1)


def _calls(chance: random.Random, key: ApiKey, day: date, volume: int, is_bad: bool) -> Row:
    volume = max(volume, 0)
    refused = round(volume * abs(chance.gauss(0.02, 0.015)))
    failed = round(volume * 0.18) if is_bad else int(chance.random() < 0.15)
    return {
        "partner_id": key.partner_id,
        "key_id": key.pk,
        "day": day,
        "succeeded": max(volume - refused - failed, 0),
        "refused": refused,
        "failed": failed,
    }


def _images(chance: random.Random, key: ApiKey, day: date, calls: Row) -> list[Row]:
    """Most answers were images, the rest asked for statistics."""
    is_test = key.environment == Environment.TEST
    rows = []
    for (action, mode), (share, price) in _KINDS.items():
        succeeded = round(calls["succeeded"] * 0.9 * share * chance.uniform(0.85, 1.15))
        failed = round(calls["failed"] * share)
        if succeeded or failed:
            rows.append(
                {
                    "partner_id": key.partner_id,
                    "day": day,
                    "key_id": key.pk,
                    "action": action,
                    "mode": mode,
                    "is_test": is_test,
                    "succeeded": succeeded,
                    "failed": failed,
                    "points": 0 if is_test else succeeded * price,
                }
            )
    return rows
