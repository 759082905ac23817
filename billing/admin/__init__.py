"""Admin pages for points, prices, purchases, invoices, reports and the proof of the ledger."""

from __future__ import annotations

from billing.admin import (
    approvals,
    invoices,
    movements,
    payouts,
    points,
    prices,
    proofs,
    purchases,
    reports,
    returns,
    sandbox,
    transfers,
)

__all__ = [
    "approvals",
    "invoices",
    "movements",
    "payouts",
    "points",
    "prices",
    "proofs",
    "purchases",
    "reports",
    "returns",
    "sandbox",
    "transfers",
]
