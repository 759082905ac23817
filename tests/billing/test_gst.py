"""GSTINs, financial years, and who may be billed how."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.billing_details import BillingDetails, validate
from billing.gst import _check_digit, financial_year, indian_date, is_gstin, pan_of

GSTIN = "27AAPFU0939F1ZV"
GOOD = BillingDetails(
    legal_name="Nandi Potteries",
    email="accounts@nandi.test",
    address="14, 3rd Cross",
    city="Mumbai",
    state_code="27",
    pin_code="400001",
    gstin=GSTIN,
)


def test_a_gstin_with_its_check_digit_is_one() -> None:
    assert is_gstin(GSTIN)


@pytest.mark.parametrize(
    "start",
    [
        "07" + "17USA00012UN",  # an embassy
        "29" + "18WHO00001UN",  # a body of the United Nations
        "99" + "17SGP29001OS",  # online services from abroad
        "27" + "MUMA12345AID".replace("AID", "A1D"),  # deducts tax
        "27" + "AAPFU0939F1C",  # collects tax
        "27" + "20USA00001NR",  # a non-resident
    ],
)
def test_every_kind_of_registration_is_one(start: str) -> None:
    assert is_gstin(start + _check_digit(start))
    assert not is_gstin(start + ("A" if _check_digit(start) != "A" else "B"))


@given(st.integers(0, 14), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_wrong_character_is_always_seen(place: int, symbol: str) -> None:
    text = GSTIN[:place] + symbol + GSTIN[place + 1 :]

    assert is_gstin(text) is (text == GSTIN)


@pytest.mark.parametrize(
    "text", ["", GSTIN.lower(), f" {GSTIN}", f"{GSTIN}\n", GSTIN[:-1], "२७AAPFU0939F1ZV"]
)
def test_what_is_not_of_its_form_is_no_gstin(text: str) -> None:
    assert not is_gstin(text)


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (datetime(2026, 3, 31, 18, 29, 59, tzinfo=UTC), "25-26"),
        (datetime(2026, 3, 31, 18, 30, tzinfo=UTC), "26-27"),
        (datetime(2026, 11, 23, tzinfo=UTC), "26-27"),
        (datetime(2099, 12, 31, 18, 30, tzinfo=UTC), "99-00"),
    ],
)
def test_the_financial_year_turns_at_midnight_of_april_in_india(
    moment: datetime, year: str
) -> None:
    assert financial_year(moment) == year


def test_documents_are_dated_by_indian_time() -> None:
    assert indian_date(datetime(2026, 11, 22, 18, 30, tzinfo=UTC)) == "23 November 2026"


def test_good_details_and_none_at_all_have_no_problem() -> None:
    assert validate(GOOD) == {}
    assert validate(BillingDetails()) == {}
    assert validate(BillingDetails(country="SG", city="Singapore")) == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"state_code": "28", "gstin": ""}, "state_code"),
        ({"state_code": "29"}, "gstin"),
        ({"state_code": ""}, "gstin"),
        ({"gstin": "27AAPFU0939F1ZW"}, "gstin"),
        ({"pin_code": "040001"}, "pin_code"),
        ({"pin_code": "40001"}, "pin_code"),
        ({"legal_name": ""}, "legal_name"),
        ({"country": "India", "state_code": "", "gstin": ""}, "country"),
        ({"country": "SG", "gstin": ""}, "state_code"),
        ({"country": "SG", "state_code": ""}, "gstin"),
    ],
    ids=str,
)
def test_details_that_cannot_stand_name_their_field(change: dict[str, Any], field: str) -> None:
    assert list(validate(replace(GOOD, **change))) == [field]


@pytest.mark.parametrize("name", ["Nandi 🏺", "Nandi ❤️", "👍🏽 Ltd", "1️⃣ Pots"])
def test_a_legal_name_has_no_emoji(name: str) -> None:
    assert list(validate(replace(GOOD, legal_name=name))) == ["legal_name"]


@pytest.mark.parametrize(
    "name",
    [
        "नोवा रिटेल प्रा. लि.",
        "ଓଡ଼ିଆ ବ୍ୟବସାୟ",
        "ᱥᱟᱱᱛᱟᱲᱤ",
        "ꯃꯤꯇꯩꯂꯣꯟ",
        "Nandi™ & Co. © №1",
        "Żółć+Ёж",
        "N° 5 – A/B",
    ],
)
def test_a_legal_name_is_of_any_script_that_invoices_print(name: str) -> None:
    assert validate(replace(GOOD, legal_name=name)) == {}


@pytest.mark.parametrize("field", ["legal_name", "address", "city"])
@pytest.mark.parametrize(
    ("text", "shown"),
    [("陶器店", "“陶”"), ("متجر", "“م”"), ("Nandi\u202e", "an invisible character")],
)
def test_what_invoices_cannot_print_is_refused(field: str, text: str, shown: str) -> None:
    change: dict[str, Any] = {field: text}
    problems = validate(replace(GOOD, **change))

    assert list(problems) == [field]
    assert shown in problems[field]


def test_the_pan_is_read_from_the_gstin_of_a_business() -> None:
    assert pan_of(GSTIN) == "AAPFU0939F"
    assert pan_of("0717USA00012UN0") == pan_of("") == ""


def test_a_supplier_from_abroad_has_a_gstin_of_no_state() -> None:
    abroad = BillingDetails(legal_name="Far Ltd", country="SG", gstin="9917SGP29001OS")
    registered = replace(abroad, gstin=abroad.gstin + _check_digit(abroad.gstin))
    assert validate(registered) == {}


@pytest.mark.parametrize(
    ("details", "place"),
    [
        (GOOD, "27"),
        (BillingDetails(), "29"),
        (BillingDetails(country="SG"), "96"),
    ],
)
def test_the_place_of_supply_is_the_buyers_or_else_the_sellers(
    details: BillingDetails, place: str
) -> None:
    assert details.place_of_supply("29") == place
