"""Pages for staff: points and prices, purchases and what is billed."""

from __future__ import annotations

from billing.admin import invoices, points, purchases

__all__ = ["invoices", "points", "purchases"]
