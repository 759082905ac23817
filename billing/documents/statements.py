"""Statements as signed JSON and as signed A4 pages: always the same bytes in a language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.utils import dateformat
from django.utils.translation import gettext

from billing.documents.content import Document, Facts, Line
from billing.models import LedgerEntry, Statement
from billing.points import format_points
from config.chain.canonical import canonical_json
from config.chain.signatures import encode_signature, sign
from config.grouping import group_digits


def render_statement_json(statement: Statement) -> bytes:
    """Return the statement's content, as it was signed when it was issued, and the signature."""
    signature = {
        "algorithm": "Ed25519",
        "kid": str(statement.key_version),
        "value": encode_signature(bytes(statement.signature)),
    }
    head = f'{{"signature":{canonical_json(signature)},"statement":'
    return f"{head}{statement.content}}}\n".encode()


def render_statement_pdf(statement: Statement) -> bytes:
    """Return a PDF with a comment as its last line that holds the signature of all before it."""
    from billing.documents.pdf import draw  # noqa: PLC0415 - slow to import, and rarely needed

    pdf = draw(_document(statement.facts))
    if not pdf.endswith(b"\n"):
        pdf += b"\n"
    version, signature = sign(pdf, statement.key_version)
    return pdf + f"%Ed25519 {version} {encode_signature(signature)}\n".encode()


def _document(facts: dict[str, Any]) -> Document:
    until = datetime.fromisoformat(facts["until"])
    month = datetime.fromisoformat(facts["from"])
    return Document(
        title=gettext("Statement"),
        made_at=until.astimezone(UTC),
        seller=[facts["issuer"]],
        facts=[
            (gettext("Month"), dateformat.format(month, "F Y")),
            (gettext("Times in"), "UTC"),
            (gettext("Opening balance"), _points(facts["opening"])),
            (gettext("Closing balance"), _points(facts["closing"])),
        ],
        buyer=[
            facts["partner"]["name"],
            gettext("Partner %(id)s") % {"id": facts["partner"]["id"]},
        ],
        buyer_title=gettext("Statement of points for"),
        columns=Line(
            gettext("Date and movement"), gettext("Entries"), gettext("Points"), gettext("Balance")
        ),
        lines=list(_lines(facts)),
        totals=_totals(facts),
        notes_title=gettext("Proof"),
        notes=_notes(facts),
    )


def _lines(facts: dict[str, Any]) -> Iterator[Line]:
    """Yield credits and the sums of each day with the balance after them, by date."""
    credits = [
        (row["date"], "", _describe_credit(row), 1, row["points"]) for row in facts["credits"]
    ]
    days = [
        (row["date"], row["kind"], _label(row["kind"]), row["entries"], row["points"])
        for row in facts["days"]
    ]
    balance = facts["opening"]
    for on, _, label, entries, points in sorted([*credits, *days], key=lambda row: row[:2]):
        balance += points
        day = date.fromisoformat(on)
        yield Line(
            f"{dateformat.format(day, 'j M Y')}, {label}",
            group_digits(entries),
            _signed(points),
            _points(balance),
        )


def _totals(facts: dict[str, Any]) -> Facts:
    sums = Counter[str]()
    for row in facts["days"]:
        sums[row["kind"]] += row["points"]
    return [
        (gettext("Opening balance"), _points(facts["opening"])),
        (gettext("Credits"), _signed(sum(row["points"] for row in facts["credits"]))),
        *((_label(kind), _signed(points)) for kind, points in sorted(sums.items())),
        (gettext("Closing balance"), _points(facts["closing"])),
    ]


def _notes(facts: dict[str, Any]) -> list[str]:
    ledger, audit = facts["chains"]["ledger"], facts["chains"]["audit"]
    return [
        gettext("Ledger hash at the end of the month: %(hash)s") % {"hash": ledger["after"]},
        gettext("Audit trail hash at the end of the month: %(hash)s") % {"hash": audit["after"]},
        gettext(
            "This document is signed with Ed25519. The platform's documentation explains how to"
            " check it offline."
        ),
    ]


def _describe_credit(row: dict[str, Any]) -> str:
    parts = (row["package"], row["reference"], row["invoice"])
    source = ", ".join(part for part in parts if part)
    return gettext("Credit, %(source)s") % {"source": source}


def _label(kind: str) -> str:
    """Return the label of a kind; a document may be older than the list of kinds."""
    return str(dict(LedgerEntry.Kind.choices).get(kind, kind.capitalize()))


def _points(hundredths: int) -> str:
    return format_points(hundredths, decimals=True)


def _signed(hundredths: int) -> str:
    return f"{'−' if hundredths < 0 else '+'}{_points(abs(hundredths))}"
