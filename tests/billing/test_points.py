"""Points as text, numbers and hundredths."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.points import InvalidPoints, parse_points, to_number, to_text

HUNDREDTHS = st.integers(min_value=1, max_value=10**15)


@pytest.mark.parametrize(
    ("hundredths", "written"),
    [(800, "8"), (725, "7.25"), (710, "7.1"), (0, "0"), (1, "0.01"), (2_500_000, "25000")],
)
def test_json_shows_points_without_needless_digits(hundredths: int, written: str) -> None:
    assert json.dumps(to_number(hundredths)) == written


def test_a_debit_keeps_its_sign() -> None:
    assert json.dumps([to_number(-725), to_number(-800)]) == "[-7.25, -8]"


@given(HUNDREDTHS)
def test_what_is_written_is_read_back_to_the_hundredth(hundredths: int) -> None:
    assert parse_points(to_text(hundredths)) == hundredths


@given(HUNDREDTHS)
def test_json_loses_nothing(hundredths: int) -> None:
    assert round(json.loads(json.dumps(to_number(hundredths))) * 100) == hundredths


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "0", "-1", "7.255", "NaN", "sNaN", "Infinity", "0.001"),
        *("1e3", "1_000", "९९", "1e-2000000", "1e999999999"),
    ],
)
def test_anything_but_a_positive_amount_with_two_decimals_is_refused(text: str) -> None:
    with pytest.raises(InvalidPoints):
        parse_points(text)
