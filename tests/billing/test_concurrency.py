"""Many calls at once: points are neither spent twice nor lost, and every call ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db.models import Sum

from billing.models import Charge, DailyUsage, LedgerEntry
from imaging.models import ImageOperation
from imaging.services import Interrupted, Operation, refund_abandoned, refund_expired
from imaging.services.operations import INSTANCE
from tests.billing.fake_model import use_model
from tests.billing.operations import balance_of, refund, run_out, start, succeed
from tests.billing.parallel import only, race
from tests.factories import Keys, bucket, partner_with_keys
from tests.imaging.fakes.gemini import FakeGemini
from tests.web import WebServer

PATH = "/partner/v1/image/create"
BODY = {"prompt": "a teal vase"}


pytestmark = pytest.mark.usefixtures("no_deadlock")


def test_calls_at_once_on_few_points_make_exactly_the_images_that_are_paid(
    own_server: Callable[..., WebServer], threads: Callable[[int], int]
) -> None:
    count = threads(200)
    paid_for = count // 5
    keys = partner_with_keys()
    for points in divide(paid_for * 800, 3):
        bucket(keys.partner, points)

    with FakeGemini() as model:
        web = own_server(workers=2, threads=128, env=use_model(model.base_url))
        calls = [partial(web.post, PATH, BODY, keys.live)] * count
        responses: list[Any] = race(*calls, connect=False)

    statuses = Counter(response.status for response in responses)
    assert statuses == {200: paid_for, 402: count - paid_for}
    paid = [response.json()["data"] for response in responses if response.status == 200]
    assert sum(data["pointsUsed"] for data in paid) == paid_for * 8
    assert min(data["remainingBalance"] for data in paid) == 0
    assert balance_of(keys) == 0
    assert Charge.objects.filter(state="succeeded").count() == paid_for
    assert ImageOperation.objects.count() == paid_for


def divide(points: int, buckets: int) -> list[int]:
    """Unevenly, so that calls straddle the buckets."""
    part = points // buckets + 99
    return [*[part] * (buckets - 1), points - part * (buckets - 1)]


def test_charges_by_threads_never_take_more_than_there_is(live_db: None) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 1_000)
    bucket(keys.partner, 3_000, "scale")

    results = race(*[partial(start, keys)] * 24)

    started = [result for result in results if isinstance(result, Operation)]
    # The first two cost 800 (the second takes 200 + 600), then 600 each of 2,400.
    assert sorted(operation.cost for operation in started) == [600] * 4 + [800] * 2
    assert balance_of(keys) == 0


@pytest.mark.parametrize("rival", ["sweeper", "dying web process", "refund", "second success"])
def test_an_operation_that_two_want_to_end_ends_once(live_db: None, rival: str) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 100_000)
    operations = [start(keys) for _ in range(20)]
    if rival == "sweeper":
        run_out([operation.id for operation in operations])
    rivals: dict[str, Callable[[Operation], object]] = {
        "sweeper": lambda operation: refund_expired(),
        "dying web process": lambda operation: refund_abandoned(INSTANCE),
        "refund": refund,
        "second success": succeed,
    }
    tasks = [partial(task, op) for op in operations for task in (succeed, rivals[rival])]

    only(Interrupted, race(*tasks))

    states = Counter(Charge.objects.values_list("state", flat=True))
    assert states.total() == 20
    assert states["reserved"] == 0
    assert balance_of(keys) == 100_000 - 800 * states["succeeded"]
    assert LedgerEntry.objects.filter(kind="reversal").count() == states["refunded"]


def test_two_sweepers_refund_each_operation_once(live_db: None) -> None:
    keys = partner_with_keys()
    bucket(keys.partner, 24_000)
    run_out([start(keys).id for _ in range(30)])

    counts = race(refund_expired, refund_expired)

    assert sum(only(Interrupted, counts)) == 30  # type: ignore[arg-type]
    assert balance_of(keys) == 24_000
    assert DailyUsage.objects.aggregate(n=Sum("failed"))["n"] == 30


def test_grants_charges_and_refunds_of_many_partners_at_once_leave_every_point(
    live_db: None,
) -> None:
    partners = [partner_with_keys() for _ in range(3)]
    for keys in partners:
        bucket(keys.partner, 1_000)
        bucket(keys.partner, 100_000, "growth")

    def charge(keys: Keys, ends: Callable[[Operation], object]) -> None:
        for mode in ("fast", "thinking", "fast"):
            ends(start(keys, "create", mode))

    def grant(keys: Keys) -> None:
        for points in (100, 300):
            bucket(keys.partner, points, "scale")

    tasks = [
        task
        for keys in partners
        for task in (
            *[partial(charge, keys, succeed)] * 3,
            *[partial(charge, keys, refund)] * 3,
            *[partial(grant, keys)] * 2,
        )
    ]

    only(KeyError, race(*tasks))

    for keys in partners:
        spent = DailyUsage.objects.filter(partner=keys.partner).aggregate(n=Sum("points"))["n"]
        assert balance_of(keys) == 101_000 + 2 * 400 - spent
        assert Charge.objects.filter(partner=keys.partner, state="succeeded").count() == 9
        assert Charge.objects.filter(partner=keys.partner, state="refunded").count() == 9
