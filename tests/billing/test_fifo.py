"""The rule of first in, first out, as pure functions."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.billing.fifo import Bucket, Draw, Insufficient, Line, draw, reverse

PRICES = {"starter": 800, "growth": 725, "scale": 600}
BUCKETS = st.lists(
    st.tuples(st.sampled_from(sorted(PRICES)), st.integers(0, 1_000)), max_size=8
).map(lambda rows: [Bucket(f"b{number}", *row) for number, row in enumerate(rows)])


def test_the_oldest_bucket_with_points_sets_the_price() -> None:
    buckets = [Bucket("empty", "scale", 0), Bucket("old", "growth", 725), Bucket("new", "scale", 9)]

    assert draw(buckets, PRICES) == Draw("growth", 725, (Line("old", 725),))


def test_what_the_oldest_lacks_comes_from_the_next_at_the_same_price() -> None:
    buckets = [Bucket("old", "starter", 300), Bucket("new", "scale", 10_000)]

    drawn = draw(buckets, PRICES)

    assert drawn == Draw("starter", 800, (Line("old", 300), Line("new", 500)))


def test_without_points_the_refusal_names_the_first_tier() -> None:
    assert draw([], PRICES) == Insufficient("starter", 800, 0)


def test_a_refusal_names_the_price_of_the_bucket_that_would_pay() -> None:
    assert draw([Bucket("a", "scale", 599)], PRICES) == Insufficient("scale", 600, 599)


@given(BUCKETS)
def test_a_draw_takes_its_cost_from_a_run_of_the_oldest_buckets(buckets: list[Bucket]) -> None:
    drawn = draw(buckets, PRICES)
    assume(isinstance(drawn, Draw))
    assert isinstance(drawn, Draw)
    full = [bucket for bucket in buckets if bucket.remaining]

    assert sum(line.points for line in drawn.lines) == drawn.cost
    assert [x.bucket_id for x in drawn.lines] == [b.id for b in full[: len(drawn.lines)]]
    pairs = list(zip(drawn.lines, full, strict=False))
    assert all(line.points == bucket.remaining for line, bucket in pairs[:-1])
    assert 0 < drawn.lines[-1].points <= pairs[-1][1].remaining


@given(BUCKETS)
def test_a_refusal_means_that_all_buckets_together_do_not_reach(buckets: list[Bucket]) -> None:
    drawn = draw(buckets, PRICES)
    reaches = sum(bucket.remaining for bucket in buckets) >= drawn.cost

    assert isinstance(drawn, Draw) == reaches


@given(BUCKETS, st.integers(1, 800))
def test_after_a_partial_refund_stays_drawn_what_the_smaller_cost_would_have_drawn(
    buckets: list[Bucket], smaller: int
) -> None:
    drawn = draw(buckets, PRICES)
    assume(isinstance(drawn, Draw) and smaller < drawn.cost)
    assert isinstance(drawn, Draw)
    back = {line.bucket_id: line.points for line in reverse(drawn.lines, drawn.cost - smaller)}
    kept = [Line(x.bucket_id, x.points - back.get(x.bucket_id, 0)) for x in drawn.lines]

    directly = draw(buckets, dict.fromkeys(PRICES, smaller))

    assert isinstance(directly, Draw)
    assert [line for line in kept if line.points] == list(directly.lines)


@given(BUCKETS)
def test_a_full_refund_gives_back_every_line(buckets: list[Bucket]) -> None:
    drawn = draw(buckets, PRICES)
    assume(isinstance(drawn, Draw))
    assert isinstance(drawn, Draw)

    assert reverse(drawn.lines, drawn.cost) == drawn.lines[::-1]
