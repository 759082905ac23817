"""What the serving role may not do with money.

Invoices are encrypted again by `rotate_keys`, which connects as the owner.
"""

from config.db.grants import limit_privileges

limit_privileges(
    *("SELECT", "INSERT"),
    tables=[
        "billing_invoice",
        "billing_ledgercheckpoint",
        "billing_ledgerdigest",
        "billing_ledgerentry",
        "billing_payoutline",
        "billing_statement",
    ],
)
limit_privileges(
    *("SELECT", "INSERT", "DELETE"), tables=["billing_operationprice", "billing_packageprice"]
)
limit_privileges(
    *("SELECT", "INSERT", "UPDATE"),
    tables=[
        "billing_approval",
        "billing_banktransfer",
        "billing_charge",
        "billing_invoicecounter",
        "billing_keyspending",
        "billing_paymentreturn",
        "billing_pointbucket",
        "billing_purchase",
    ],
)
