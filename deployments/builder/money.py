"""Convert the starter catalogue's rupee prices to the merchant's currency. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Currency:
    """How prices are written. `code` is the ISO 4217 code, empty if unknown;
    `rupees` is the approximate price of one unit: the merchant sets real prices later."""

    prefix: str
    code: str
    rupees: float
    is_grouped_indian: bool = False

    def convert(self, rupees: int) -> int:
        """Convert to whole units; amounts above a hundred are rounded to typical prices."""
        amount = max(1, round(rupees / self.rupees))
        return amount if self.code == "INR" or amount < 100 else round(amount / 5) * 5

    def format(self, amount: int) -> str:
        """Format as `₹1,49,999` or `$1,499`."""
        digits = _group_indian(amount) if self.is_grouped_indian else f"{amount:,}"
        return f"{self.prefix}{digits}"


_RUPEE = Currency("₹", "INR", 1, is_grouped_indian=True)
_BY_CODE = {
    "INR": _RUPEE,
    "USD": Currency("$", "USD", 85),
    "EUR": Currency("€", "EUR", 95),
    "GBP": Currency("£", "GBP", 110),
    "AED": Currency("AED\u00a0", "AED", 23),
    "SGD": Currency("S$", "SGD", 64),
    "AUD": Currency("A$", "AUD", 56),
    "CAD": Currency("C$", "CAD", 62),
    "JPY": Currency("¥", "JPY", 0.57),
    "LKR": Currency("Rs\u00a0", "LKR", 0.28),
    "NPR": Currency("Rs\u00a0", "NPR", 0.62, is_grouped_indian=True),
    "BDT": Currency("৳", "BDT", 0.72, is_grouped_indian=True),
}
_ALIASES = {"₹": "INR", "RS": "INR", "RS.": "INR", "RUPEES": "INR", "$": "USD", "US$": "USD"}
_ALIASES |= {"€": "EUR", "£": "GBP", "¥": "JPY", "৳": "BDT", "": "INR"}


def find_currency(label: str) -> Currency:
    """Find by ISO code or sign; an unknown label is put before the rupee amount."""
    name = label.strip().upper()
    known = _BY_CODE.get(_ALIASES.get(name, name))
    return known or Currency(f"{label.strip()[:8]}\u00a0", "", 1)


def _group_indian(amount: int) -> str:
    """Group the last three digits, then pairs: 12,34,567."""
    head, tail = divmod(amount, 1000)
    if not head:
        return str(tail)
    pairs = [f"{tail:03d}"]
    while head >= 100:
        head, pair = divmod(head, 100)
        pairs.append(f"{pair:02d}")
    return ",".join([str(head), *reversed(pairs)])
