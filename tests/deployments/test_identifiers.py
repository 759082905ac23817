"""The names of shops."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.identifiers import RESERVED, make_identifier, slug_of


@pytest.mark.parametrize(
    ("brand", "slug"),
    [
        ("Nova Retail", "nova-retail"),
        ("  Müller & Söhne — Tee  ", "muller-sohne-tee"),
        ("ज़ारा", "jara"),
        ("東京", "dongjing"),
        ("Mama’s Shop", "mamas-shop"),
        ("100% Cotton", "100-cotton"),
        ("!!!", "store"),
        ("", "store"),
        ("🛍️" * 3, None),
        ("Admin", "store"),
        ("www", "store"),
        ("xn--nova", "store"),
    ],
)
def test_a_brand_becomes_a_slug(brand: str, slug: str | None) -> None:
    made = slug_of(brand)

    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", made)
    assert slug is None or made == slug


@given(st.text(max_size=200))
def test_every_identifier_is_a_dns_label_of_a_slug_and_six_characters(brand: str) -> None:
    identifier = make_identifier(brand)

    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-[a-z0-9]{6}", identifier)
    assert len(identifier) <= 63
    assert not identifier.startswith("xn--")
    assert "--" not in identifier
    assert slug_of(brand) not in RESERVED


def test_a_long_brand_is_cut_to_leave_room_for_the_tail() -> None:
    identifier = make_identifier("a" * 55 + " " + "b" * 100)

    assert identifier.startswith("a" * 55 + "-")
    assert len(identifier) == 55 + 1 + 6


def test_two_shops_of_one_brand_get_different_identifiers() -> None:
    assert len({make_identifier("Nova") for _ in range(100)}) == 100
