"""Who is billed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from billing.gst import ABROAD, INDIA, STATES, is_gstin

_PIN_CODE = re.compile(r"[1-9]\d{5}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class BillingDetails:
    """A buyer as documents name it; every part may be empty until the partner fills it in.

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

    def place_of_supply(self, seller_state: str) -> str:
        """The state whose tax is due; the seller's own where the buyer's is not on record."""
        if self.country != INDIA:
            return ABROAD
        return self.state_code or seller_state

    def postal_lines(self) -> list[str]:
        """The address as it is printed, without the name."""
        town = " ".join(part for part in (self.city, self.pin_code) if part)
        land = "" if self.country == INDIA else self.country
        lines = [*self.address.splitlines(), town, STATES.get(self.state_code, ""), land]
        return [line.strip() for line in lines if line.strip()]


def find_problems(details: BillingDetails) -> dict[str, str]:
    """A sentence for each field that cannot stand so, by the field's name; empty when all can."""
    if details.country != INDIA:
        return _find_problems_abroad(details)
    problems: dict[str, str] = {}
    if details.state_code and details.state_code not in STATES:
        problems["state_code"] = "Choose a state."
    if details.pin_code and not _PIN_CODE.fullmatch(details.pin_code):
        problems["pin_code"] = "A PIN code has six digits and does not begin with 0."
    if details.gstin and not is_gstin(details.gstin):
        problems["gstin"] = "This is no valid GSTIN; check each of its 15 characters."
    elif details.gstin and details.gstin[:2] != details.state_code:
        problems["gstin"] = "The first two digits of the GSTIN have to be those of the state."
    if details.gstin and not details.legal_name:
        problems["legal_name"] = "A GSTIN needs the legal name that it was registered for."
    return problems


def _find_problems_abroad(details: BillingDetails) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not _COUNTRY.fullmatch(details.country):
        problems["country"] = "Choose a country."
    if details.state_code:
        problems["state_code"] = "Only addresses in India have a state here."
    if details.gstin:
        problems["gstin"] = "Only buyers in India have a GSTIN."
    return problems
