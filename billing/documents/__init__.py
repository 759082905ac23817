"""PDF documents: tax invoices, credit notes and proformas."""

from __future__ import annotations

from billing.documents.invoices import render_invoice, render_proforma

__all__ = ["render_invoice", "render_proforma"]
