"""Billing details and their validation. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext

from billing.countries import COUNTRIES
from billing.gst import ABROAD, INDIA, STATES, is_gstin, is_of_no_state
from config.fonts import find_unprintable

_PIN_CODE = re.compile(r"[1-9]\d{5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class BillingDetails:
    """The buyer named on documents; every field may be empty until the partner fills it in.

    `address` may have several lines, `state_code` is one of `billing.gst.STATES`, `country` two
    letters of ISO 3166.
    """

    legal_name: str = ""
    email: str = ""
    address: str = ""
    city: str = ""
    state_code: str = ""
    pin_code: str = ""
    country: str = INDIA
    gstin: str = ""
    #: In a special economic zone: supplies count as between states.
    is_sez: bool = False

    def place_of_supply(self, seller_state: str) -> str:
        """Return the state whose tax is due; the seller's own if the buyer's is unknown."""
        if self.country != INDIA:
            return ABROAD
        return self.state_code or seller_state

    def postal_lines(self) -> list[str]:
        """Return the printed address, without the name."""
        town = " ".join(part for part in (self.city, self.pin_code) if part)
        land = "" if self.country == INDIA else COUNTRIES.get(self.country, self.country)
        lines = [*self.address.splitlines(), town, STATES.get(self.state_code, ""), land]
        return [line.strip() for line in lines if line.strip()]


def validate(details: BillingDetails) -> dict[str, str]:
    """Return an error message for each invalid field, by field name."""
    if details.country != INDIA:
        return _validate_abroad(details)
    problems: dict[str, str] = {}
    if details.state_code and details.state_code not in STATES:
        problems["state_code"] = gettext("Choose a state.")
    if details.pin_code and not _PIN_CODE.fullmatch(details.pin_code):
        problems["pin_code"] = gettext("Enter a six-digit PIN code that does not start with 0.")
    if details.gstin and not is_gstin(details.gstin):
        problems["gstin"] = gettext("This GSTIN is not valid. Check all 15 characters.")
    elif details.gstin and not _is_in_state(details):
        problems["gstin"] = gettext("The first two digits of the GSTIN must match the state.")
    if details.gstin and not details.legal_name:
        problems["legal_name"] = gettext("Enter the legal name the GSTIN is registered to.")
    return problems | _find_symbols(details)


def _validate_abroad(details: BillingDetails) -> dict[str, str]:
    problems: dict[str, str] = {}
    if details.country not in COUNTRIES:
        problems["country"] = gettext("Choose a country.")
    if details.state_code:
        problems["state_code"] = gettext("Leave the state empty for addresses outside India.")
    if details.gstin and not (is_of_no_state(details.gstin) and is_gstin(details.gstin)):
        problems["gstin"] = gettext("Leave the GSTIN empty for addresses outside India.")
    return problems | _find_symbols(details)


def _is_in_state(details: BillingDetails) -> bool:
    return is_of_no_state(details.gstin) or details.gstin[:2] == details.state_code


def _find_symbols(details: BillingDetails) -> dict[str, str]:
    """Invoices print names and addresses as given, so they have to consist of what fonts have."""
    return {
        name: problem
        for name in ("legal_name", "address", "city")
        if (problem := _describe_symbol(getattr(details, name)))
    }


def _describe_symbol(text: str) -> str:
    letter = find_unprintable(text.replace("\n", ""))
    if any(_is_emoji(each) for each in text):
        return gettext("Use letters, digits and punctuation. Invoices cannot show emoji.")
    if letter and letter.isprintable():
        return gettext(
            "Use Latin letters or an Indian script. Invoices cannot show “%(letter)s”."
        ) % {"letter": letter}
    if letter:
        return gettext(
            "Use Latin letters or an Indian script. Invoices cannot show an invisible character in"
            " it."
        )
    return ""


def _is_emoji(letter: str) -> bool:
    """Symbols such as © and ™ stand before U+2200."""
    is_symbol = unicodedata.category(letter) == "So" and ord(letter) >= 0x2200
    return is_symbol or "\U0001f3fb" <= letter <= "\U0001f3ff" or letter in "\ufe0f\u20e3"
