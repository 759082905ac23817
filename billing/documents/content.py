"""The content of a document, independent of its layout."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from billing.billing_details import BillingDetails
from billing.gst import INDIA, pan_of, place_name, state_tax
from billing.money import Tax, rupees
from config.grouping import group_digits

Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table."""

    description: str
    sac: str
    quantity: str
    amount: str


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that is printed, as text; `totals` ends with the amount due or refunded."""

    title: str
    made_at: datetime
    seller: list[str]
    facts: Facts
    buyer: list[str]
    lines: list[Line]
    totals: Facts
    notes_title: str
    notes: list[str]
    #: Below the title, such as for whom this copy is.
    subtitle: str = ""
    #: The amount in words, which an Indian document has beside the figures.
    words: str = ""
    buyer_title: str = "Billed to"
    columns: Line = Line("Description", "HSN/SAC", "Quantity", "Amount")

    @property
    def text(self) -> str:
        """Everything that is printed, for the choice of fonts."""
        facts = [text for fact in (*self.facts, *self.totals) for text in fact]
        lines = [line.description for line in self.lines]
        return "\n".join([self.title, *self.seller, *facts, *self.buyer, *lines, *self.notes])


def seller_lines(name: str, address: list[str], gstin: str) -> list[str]:
    pan = pan_of(gstin)
    return [name, *address, f"GSTIN {gstin}", *([f"PAN {pan}"] if pan else [])]


def buyer_lines(buyer: BillingDetails, otherwise: str) -> list[str]:
    """Return name, address, GSTIN and email; `otherwise` replaces a missing name."""
    return [
        buyer.legal_name or otherwise,
        *buyer.postal_lines(),
        *([f"GSTIN {buyer.gstin}"] if buyer.gstin else []),
        *([buyer.email] if buyer.email else []),
    ]


def points_line(description: str, sac: str, points: int, amount_paise: int) -> Line:
    """Build a line from hundredths of a point; only parts of a package are not whole points."""
    whole, rest = divmod(points, 100)
    quantity = group_digits(whole) + (f".{rest:02d}" if rest else "")
    return Line(description, sac, f"{quantity} points", rupees(amount_paise))


def totals(net_paise: int, tax: Tax, percent: int, place_of_supply: str, last: str) -> Facts:
    """Return the taxable value, each tax with its rate, and the total labelled `last`."""
    half = f"{percent / 2:g} %"
    local = state_tax(place_of_supply)
    taxes = (
        [(f"IGST {percent} %", rupees(tax.igst))]
        if tax.igst
        else [(f"CGST {half}", rupees(tax.cgst)), (f"{local} {half}", rupees(tax.sgst))]
    )
    return [
        ("Taxable value", rupees(net_paise)),
        *taxes,
        (last, rupees(net_paise + tax.total)),
    ]


def supply_facts(place_of_supply: str) -> Facts:
    return [("Place of supply", place_name(place_of_supply)), ("Reverse charge", "No")]


def supply_notes(buyer: BillingDetails) -> list[str]:
    """Return what rule 46 of the GST rules requires on supplies to such buyers."""
    if buyer.country != INDIA:
        return ["Supply meant for export on payment of integrated tax."]
    if buyer.is_sez:
        return [
            "Supply meant for an SEZ unit or SEZ developer for authorised operations on payment of"
            " integrated tax."
        ]
    return []
