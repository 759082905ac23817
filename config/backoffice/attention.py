"""The health of the installation, as staff see it."""

from __future__ import annotations

from config.admin.attention import Need, Severity, attention_state
from config.health import installation_status

#: What staff are told while a probe of `/statusz` fails.
_FAILURES = {
    "database": "The database does not respond.",
    "migrations": "Migrations have to be applied.",
    "functions": "Functions of the database differ from the code.",
    "keys": "An encryption key is missing or wrong.",
    "worker": "The worker is not running: deployments, webhooks and mail wait.",
    "request log": "The database of the request log does not respond or has to be migrated.",
    "partitions": "Partitions of the database for the coming weeks are missing.",
    "leases": "The sweeper is not running: refunds of interrupted requests wait.",
}


@attention_state(permission="accounts.view_partner")
def installation() -> Need | None:
    """Name each failing probe; the ledger has a line of its own."""
    failing = {
        name: check["detail"]
        for name, check in installation_status()["checks"].items()
        if name != "ledger" and not check["ok"]
    }
    if not failing:
        return Need("Worker, sweeper and database are running.", severity=Severity.GOOD)
    sentences = [_FAILURES.get(name, f"The check “{name}” fails.") for name in failing]
    details = "; ".join(f"{name}: {detail}" for name, detail in failing.items())
    return Need(" ".join(sentences), severity=Severity.BAD, detail=details)
