"""Points: what they cost, where they lie, and every movement of them.

Amounts of points are whole hundredths (7.25 points → 725); amounts of money are paise.
"""

from billing.models.buckets import PointBucket
from billing.models.charges import Charge
from billing.models.ledger import LedgerCheck, LedgerEntry
from billing.models.prices import OperationPrice, Package, Tier
from billing.models.usage import DailyUsage

__all__ = [
    "Charge",
    "DailyUsage",
    "LedgerCheck",
    "LedgerEntry",
    "OperationPrice",
    "Package",
    "PointBucket",
    "Tier",
]
