"""The content of a document, independent of its layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext, gettext_lazy, pgettext

from billing.billing_details import BillingDetails
from billing.gst import INDIA, pan_of, place_name, state_tax
from billing.labels import in_english
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

    @property
    def cells(self) -> tuple[str, str, str, str]:
        return self.description, self.sac, self.quantity, self.amount


def _columns() -> Line:
    return Line(gettext("Description"), "HSN/SAC", gettext("Quantity"), gettext("Amount"))


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that is printed, as text; `totals` ends with the amount due or refunded.

    Labels are in the current language; names, addresses, numbers and amounts in words are as the
    law knows them.
    """

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
    words_title: str = field(default_factory=lambda: gettext("Amount in words"))
    buyer_title: str = field(default_factory=lambda: gettext("Billed to"))
    columns: Line = field(default_factory=_columns)

    @property
    def text(self) -> str:
        """Everything that is printed, for the choice of fonts."""
        facts = [text for fact in (*self.facts, *self.totals) for text in fact]
        lines = [text for line in (self.columns, *self.lines) for text in line.cells]
        titles = [self.title, self.subtitle, self.words_title, self.buyer_title, self.notes_title]
        texts = [*titles, *self.seller, *facts, *self.buyer, *lines, *self.notes, page_label(1)]
        return "\n".join(texts)


def page_label(number: int) -> str:
    return gettext("Page %(number)s") % {"number": number}


def legal(text: object) -> list[str]:
    """Return what the law words: in the current language and, if that is another, in English."""
    return list(dict.fromkeys([str(text), in_english(text)]))


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
    """Build a line from hundredths of a point; only parts of a package are not whole points.

    `description` is as invoices keep it: "Starter package".
    """
    whole, rest = divmod(points, 100)
    quantity = group_digits(whole) + (f".{rest:02d}" if rest else "")
    quantity = gettext("%(points)s points") % {"points": quantity}
    return Line(_translate_description(description), sac, quantity, rupees(amount_paise))


def _translate_description(description: str) -> str:
    name = description.removesuffix(" package")
    return description if name == description else gettext("%(name)s package") % {"name": name}


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
        (gettext("Taxable value"), rupees(net_paise)),
        *taxes,
        (last, rupees(net_paise + tax.total)),
    ]


def supply_facts(place_of_supply: str) -> Facts:
    return [
        (gettext("Place of supply"), place_name(place_of_supply)),
        (gettext("Reverse charge"), pgettext("reverse charge", "No")),
    ]


def supply_notes(buyer: BillingDetails) -> list[str]:
    """Return what rule 46 of the GST rules requires on supplies to such buyers."""
    if buyer.country != INDIA:
        return legal(gettext_lazy("Supply meant for export on payment of integrated tax."))
    if buyer.is_sez:
        return legal(
            gettext_lazy(
                "Supply meant for an SEZ unit or SEZ developer for authorised operations on payment"
                " of integrated tax."
            )
        )
    return []
