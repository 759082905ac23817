"""India's goods and services tax: states, GSTINs, financial years. Pure functions."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone

from django.utils import dateformat
from django.utils.translation import gettext_noop

#: Codes of the states and union territories: the first two digits of a GSTIN.
STATES = {
    "01": gettext_noop("Jammu and Kashmir"),
    "02": gettext_noop("Himachal Pradesh"),
    "03": gettext_noop("Punjab"),
    "04": gettext_noop("Chandigarh"),
    "05": gettext_noop("Uttarakhand"),
    "06": gettext_noop("Haryana"),
    "07": gettext_noop("Delhi"),
    "08": gettext_noop("Rajasthan"),
    "09": gettext_noop("Uttar Pradesh"),
    "10": gettext_noop("Bihar"),
    "11": gettext_noop("Sikkim"),
    "12": gettext_noop("Arunachal Pradesh"),
    "13": gettext_noop("Nagaland"),
    "14": gettext_noop("Manipur"),
    "15": gettext_noop("Mizoram"),
    "16": gettext_noop("Tripura"),
    "17": gettext_noop("Meghalaya"),
    "18": gettext_noop("Assam"),
    "19": gettext_noop("West Bengal"),
    "20": gettext_noop("Jharkhand"),
    "21": gettext_noop("Odisha"),
    "22": gettext_noop("Chhattisgarh"),
    "23": gettext_noop("Madhya Pradesh"),
    "24": gettext_noop("Gujarat"),
    "26": gettext_noop("Dadra and Nagar Haveli and Daman and Diu"),
    "27": gettext_noop("Maharashtra"),
    "29": gettext_noop("Karnataka"),
    "30": gettext_noop("Goa"),
    "31": gettext_noop("Lakshadweep"),
    "32": gettext_noop("Kerala"),
    "33": gettext_noop("Tamil Nadu"),
    "34": gettext_noop("Puducherry"),
    "35": gettext_noop("Andaman and Nicobar Islands"),
    "36": gettext_noop("Telangana"),
    "37": gettext_noop("Andhra Pradesh"),
    "38": gettext_noop("Ladakh"),
    "97": gettext_noop("Other territory"),
}
#: The place of supply of a buyer outside India.
ABROAD = "96"
INDIA = "IN"

#: Union territories without a legislature of their own levy UTGST instead of SGST.
UNION_TERRITORIES = frozenset({"04", "26", "31", "35", "38"})
#: The first two digits where no state is in charge: suppliers of online services from abroad.
_CENTRE = "99"

_GSTIN = re.compile(
    r"\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z][Z1-9A-J][0-9A-Z]"  # businesses, by PAN; C: collectors of tax
    r"|\d{2}[A-Z]{4}[A-Z0-9]\d{4}[A-Z][1-9A-Z][DC][0-9A-Z]"  # those who deduct tax, by TAN
    r"|\d{4}[A-Z]{3}\d{5}(?:UN|ON|NR|OS)[0-9A-Z]",  # embassies, UN bodies, non-residents, OIDAR
    re.ASCII,
)
_PAN = re.compile(r"[A-Z]{5}\d{4}[A-Z]", re.ASCII)
_SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: A fixed offset: India has had no daylight saving time since 1945.
INDIAN_TIME = timezone(timedelta(hours=5, minutes=30))


def is_gstin(text: str) -> bool:
    """Check the format, the state and the check digit of a GSTIN or UIN of any kind."""
    return (
        _GSTIN.fullmatch(text) is not None
        and (text[:2] in STATES or text[:2] == _CENTRE)
        and text[-1] == _check_digit(text[:-1])
    )


def pan_of(gstin: str) -> str:
    """Return the PAN that a business's GSTIN contains; empty if it contains none."""
    return gstin[2:12] if _PAN.fullmatch(gstin[2:12]) else ""


def is_of_no_state(gstin: str) -> bool:
    return gstin.startswith(_CENTRE)


def _check_digit(text: str) -> str:
    total = 0
    for place, symbol in enumerate(text):
        product = _SYMBOLS.index(symbol) * (1 + place % 2)
        total += product // 36 + product % 36
    return _SYMBOLS[-total % 36]


def state_tax(place_of_supply: str) -> str:
    """Return the name of the tax that is levied beside CGST."""
    return "UTGST" if place_of_supply in UNION_TERRITORIES else "SGST"


def place_name(code: str) -> str:
    """Format the place of supply for invoices: "Karnataka (29)"."""
    return f"{STATES.get(code, 'Outside India')} ({code})"


def day_bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """Return when the first day begins and the last one ends in India."""
    end = last + timedelta(days=1)
    return (
        datetime.combine(first, time.min, INDIAN_TIME),
        datetime.combine(end, time.min, INDIAN_TIME),
    )


def financial_year(time: datetime) -> str:
    """Return the year from April to March, Indian time, as "26-27"."""
    local = time.astimezone(INDIAN_TIME)
    first = local.year if local.month >= 4 else local.year - 1
    return f"{first % 100:02d}-{(first + 1) % 100:02d}"


def indian_date(time: datetime) -> str:
    """Format the date for documents: "23 November 2026"."""
    return dateformat.format(time.astimezone(INDIAN_TIME), "j F Y")
