"""Financial reports; they are listed in the order in which these modules register them."""

from __future__ import annotations

from billing.admin.reports import files, money, tax

__all__ = ["files", "money", "tax"]
