"""Admin pages for points, prices, purchases, invoices and the proof of the ledger."""

from __future__ import annotations

from billing.admin import invoices, points, proofs, purchases, returns

__all__ = ["invoices", "points", "proofs", "purchases", "returns"]
