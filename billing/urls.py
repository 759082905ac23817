"""Dashboard pages: points, purchases, statements, usage and billing settings."""

from __future__ import annotations

from django.urls import path

from billing.views import checkout, ledger, points, purchases, settings, statements, usage

urlpatterns = [
    path("usage/", usage.usage, name="usage"),
    path("usage.csv", usage.usage_csv, name="usage-csv"),
    path("usage-calls.csv", usage.usage_calls_csv, name="usage-calls-csv"),
    path("points/", points.points, name="points"),
    path("points/ledger/", ledger.ledger, name="ledger"),
    path("points/ledger.csv", ledger.ledger_csv, name="ledger-csv"),
    path("points/buy/<slug:package>/", checkout.purchase_new, name="purchase-new"),
    path("points/buy/<slug:package>/details/", checkout.purchase_details, name="purchase-details"),
    path("points/buy/<slug:package>/confirm/", checkout.purchase_confirm, name="purchase-confirm"),
    path("points/purchases.csv", purchases.purchases_csv, name="purchases-csv"),
    path("points/purchases/", purchases.purchases, name="purchases"),
    path("points/purchases/<id:purchase_id>/", purchases.purchase, name="purchase"),
    path(
        "points/purchases/<id:purchase_id>/watch/",
        purchases.purchase_watch,
        name="purchase-watch",
    ),
    path(
        "points/purchases/<id:purchase_id>/check/",
        purchases.purchase_check,
        name="purchase-check",
    ),
    path(
        "points/purchases/<id:purchase_id>/retry/",
        purchases.purchase_retry,
        name="purchase-retry",
    ),
    path(
        "points/purchases/<id:purchase_id>/cancel/",
        purchases.purchase_cancel,
        name="purchase-cancel",
    ),
    path("points/purchases/<id:purchase_id>/proforma.pdf", purchases.proforma, name="proforma"),
    path("points/statements/", statements.statements, name="statements"),
    path("points/statements/<id:statement_id>.pdf", statements.statement_pdf, name="statement-pdf"),
    path(
        "points/statements/<id:statement_id>.json", statements.statement_json, name="statement-json"
    ),
    path(
        "points/statements/<id:statement_id>.jsonl",
        statements.statement_entries,
        name="statement-entries",
    ),
    path("points/invoices/<id:invoice_id>.pdf", purchases.invoice, name="invoice"),
    path("settings/", settings.billing_settings, name="billing-settings"),
]
