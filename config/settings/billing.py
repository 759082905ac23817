"""Payments: gateways, tax and the seller."""

from __future__ import annotations

from config.settings.env import IS_PRODUCTION, env

RAZORPAY_BASE_URL = env.str("RAZORPAY_BASE_URL", "https://api.razorpay.com").rstrip("/")
RAZORPAY_KEY_ID = env.str("RAZORPAY_KEY_ID", "")
RAZORPAY_KEY_SECRET = env.str("RAZORPAY_KEY_SECRET", "")
RAZORPAY_WEBHOOK_SECRET = env.str("RAZORPAY_WEBHOOK_SECRET", "")
RAZORPAY_TIMEOUT_SECONDS = env.int("RAZORPAY_TIMEOUT_SECONDS", 15)
_has_razorpay = all((RAZORPAY_KEY_ID, RAZORPAY_KEY_SECRET, RAZORPAY_WEBHOOK_SECRET))
PAYMENT_GATEWAYS = env.list(
    "PAYMENT_GATEWAYS",
    default=[
        *(["razorpay"] if _has_razorpay else []),
        *([] if IS_PRODUCTION else ["sandbox"]),
        "manual",
    ],
)
# The most points of one grant, against mistakes and stolen sessions.
GRANT_LIMIT = env.int("GRANT_LIMIT", 1_000_000)
# What a person of a staff group may ask for, and may approve, in 24 hours, in points.
APPROVAL_DAILY_POINTS = env.numbers(
    "APPROVAL_DAILY_POINTS", default={"finance": 1_000_000, "admin": 5_000_000}
)
# Up to so many points in 24 hours, the person who asks may also approve. Not by default.
APPROVAL_SINGLE_POINTS = env.int("APPROVAL_SINGLE_POINTS", 0)
# After so many days without a decision a request lapses.
APPROVAL_DAYS = env.int("APPROVAL_DAYS", 7)
GST_PERCENT = env.int("GST_PERCENT", 18)
SAC_CODE = env.str("SAC_CODE", "998439")
SELLER_NAME = env.str("SELLER_NAME", "" if IS_PRODUCTION else "ShopIQ Demonstration")
# The first two digits are the seller's state. The default is well-formed but not assigned.
SELLER_GSTIN = env.str("SELLER_GSTIN", "" if IS_PRODUCTION else "29AAAAA0000A1ZY")
SELLER_ADDRESS = env.list(
    "SELLER_ADDRESS", default=[] if IS_PRODUCTION else ["1 Example Road", "Bengaluru 560001"]
)
# Where bank transfers can be paid by UPI; without it there is no QR code.
UPI_ID = env.str("UPI_ID", "" if IS_PRODUCTION else "shopiq.demo@example")
BANK_DETAILS = env.list(
    "BANK_DETAILS",
    default=(
        []
        if IS_PRODUCTION
        else [
            "Account name: ShopIQ Demonstration",
            "Account number: 000000000000",
            "IFSC: DEMO0000000",
        ]
    ),
)
