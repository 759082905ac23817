"""Admin pages for points, prices, purchases and invoices."""

from __future__ import annotations

from billing.admin import invoices, points, purchases

__all__ = ["invoices", "points", "purchases"]
