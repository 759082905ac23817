"""The hash chain of the ledger."""

from __future__ import annotations

from billing.models import LedgerDigest, LedgerEntry
from config.chain.chains import Chain, register_chain

LEDGER = register_chain(
    Chain(
        "ledger",
        LedgerEntry,
        LedgerDigest,
        time_field="created_at",
        fields=(
            *("id", "partner_id", "bucket_id", "operation_id", "kind", "points", "reverses_id"),
            "created_at",
        ),
    )
)
