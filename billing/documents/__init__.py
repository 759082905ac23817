"""Documents: tax invoices, credit notes, proformas and statements."""

from __future__ import annotations

from billing.documents.invoices import render_invoice, render_proforma
from billing.documents.statements import render_statement_json, render_statement_pdf

__all__ = ["render_invoice", "render_proforma", "render_statement_json", "render_statement_pdf"]
