"""Rupees in India's grouping, and the tax on an amount."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import in_words, rupees, split_tax
from config.grouping import group_digits

PAISE = st.integers(0, 10**13)
PERCENTS = st.sampled_from([0, 3, 5, 12, 18, 28, 40])


@pytest.mark.parametrize(
    ("paise", "text"),
    [
        (0, "₹0.00"),
        (5, "₹0.05"),
        (99_999, "₹999.99"),
        (100_000, "₹1,000.00"),
        (9_999_900, "₹99,999.00"),
        (10_000_000, "₹1,00,000.00"),
        (12_345_600, "₹1,23,456.00"),
        (1_000_000_000, "₹1,00,00,000.00"),
        (100_500_000_050, "₹1,00,50,00,000.50"),
        (-12_345_600, "-₹1,23,456.00"),
    ],
)
def test_rupees_are_grouped_as_india_groups_them(paise: int, text: str) -> None:
    assert rupees(paise) == text


@given(st.integers(0, 10**15))
def test_grouping_keeps_the_digits_and_groups_them_by_three_and_then_by_two(number: int) -> None:
    head, *pairs = group_digits(number).split(",")

    assert int("".join([head, *pairs])) == number
    assert all(len(pair) == 2 for pair in pairs[:-1])
    assert not pairs or len(pairs[-1]) == 3
    assert len(head) <= (2 if pairs else 3)


@pytest.mark.parametrize(
    ("paise", "words"),
    [
        (0, "Rupees Zero Only"),
        (1, "One Paisa Only"),
        (590_000, "Rupees Five Thousand Nine Hundred Only"),
        (
            12_345_650,
            "Rupees One Lakh Twenty-Three Thousand Four Hundred Fifty-Six and Fifty Paise Only",
        ),
        (150_00_00_000_00, "Rupees One Hundred Fifty Crore Only"),
    ],
)
def test_amounts_in_words_count_lakhs_and_crores(paise: int, words: str) -> None:
    assert in_words(paise) == words


@given(PAISE)
def test_an_amount_in_words_reads_back_as_the_same_amount(paise: int) -> None:
    whole, _, rest = in_words(paise).removesuffix(" Only").partition(" and ")
    if whole.endswith(("Paisa", "Paise")):
        whole, rest = "", whole

    assert _read_number(whole) * 100 + _read_number(rest) == paise


def _read_number(words: str) -> int:
    """Read a number by the Indian system, written by itself rather than by the code under test."""
    small = dict(zip(_SMALL.split(), [*range(20), *range(20, 100, 10)], strict=True))
    units = {"Hundred": 100, "Thousand": 1_000, "Lakh": 100_000, "Crore": 10_000_000}
    total = 0
    for word in words.replace("-", " ").split():
        if word in units:
            # What a unit counts is all that is smaller than it.
            total = total // units[word] * units[word] + total % units[word] * units[word]
        else:
            total += small.get(word, 0)
    return total


_SMALL = (
    "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen"
    " Sixteen Seventeen Eighteen Nineteen Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety"
)


@given(PAISE, PERCENTS)
def test_another_states_tax_is_one_amount_rounded_half_up(net: int, percent: int) -> None:
    tax = split_tax(net, percent=percent, within_state=False)

    exact = Decimal(net) * percent / 100
    assert tax.igst == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert (tax.cgst, tax.sgst, tax.total) == (0, 0, tax.igst)


@given(PAISE, PERCENTS)
def test_within_the_state_two_equal_halves_are_each_rounded_half_up(net: int, percent: int) -> None:
    tax = split_tax(net, percent=percent, within_state=True)

    exact = Decimal(net) * percent / 200
    assert tax.cgst == tax.sgst == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    assert (tax.igst, tax.total) == (0, 2 * tax.cgst)


@given(PAISE, PERCENTS)
def test_where_the_buyer_sits_changes_the_tax_by_a_paisa_at_most(net: int, percent: int) -> None:
    within = split_tax(net, percent=percent, within_state=True)
    beyond = split_tax(net, percent=percent, within_state=False)

    assert abs(within.total - beyond.total) <= 1
