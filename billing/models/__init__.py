"""Packages, prices, purchases and invoices; buckets of points, charges and the ledger.

Amounts of points are whole hundredths (7.25 points → 725); amounts of money are paise.
"""

from billing.models.alerts import MOST_THRESHOLDS, AlertThreshold
from billing.models.approvals import Approval
from billing.models.buckets import PointBucket
from billing.models.charges import Charge
from billing.models.invoices import Invoice, InvoiceCounter
from billing.models.ledger import LedgerEntry
from billing.models.payouts import PayoutLine
from billing.models.prices import PRICES_IN_FORCE, OperationPrice, Package, PackagePrice, Tier
from billing.models.profiles import BillingProfile
from billing.models.proofs import LedgerAlert, LedgerCheck, LedgerCheckpoint, LedgerDigest
from billing.models.purchases import Purchase
from billing.models.returns import PaymentReturn
from billing.models.sandbox import SandboxPayment, SandboxReturn
from billing.models.spending import KeySpending
from billing.models.statements import Statement
from billing.models.transfers import BankTransfer
from billing.models.usage import DailyUsage

__all__ = [
    "MOST_THRESHOLDS",
    "PRICES_IN_FORCE",
    "AlertThreshold",
    "Approval",
    "BankTransfer",
    "BillingProfile",
    "Charge",
    "DailyUsage",
    "Invoice",
    "InvoiceCounter",
    "KeySpending",
    "LedgerAlert",
    "LedgerCheck",
    "LedgerCheckpoint",
    "LedgerDigest",
    "LedgerEntry",
    "OperationPrice",
    "Package",
    "PackagePrice",
    "PaymentReturn",
    "PayoutLine",
    "PointBucket",
    "Purchase",
    "SandboxPayment",
    "SandboxReturn",
    "Statement",
    "Tier",
]
