"""The roles of the embedded PostgreSQL, and who may use them.

The application's owns nothing: it can neither change the ledger nor disable its triggers, see
`config.db.grants`. There are no passwords: the kernel tells PostgreSQL who connects.
"""

from __future__ import annotations

from collections.abc import Iterable

#: The superuser, which is needed to create the others.
ADMIN = "postgres"
#: Owns the database, and migrates it.
OWNER = "shopiq_owner"
#: Web, worker and sweeper.
APPLICATION = "shopiq"
DATABASE = "shopiq"

CREATION = "\n".join(
    [
        f"CREATE ROLE {OWNER} LOGIN",
        f"CREATE ROLE {APPLICATION} LOGIN",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
    ]
)


def access_files(*, administrators: Iterable[str], serving: Iterable[str]) -> dict[str, str]:
    """Return the texts of pg_hba.conf and pg_ident.conf for these users of the system."""
    hba = f"local all {ADMIN},{OWNER} peer map=owner\nlocal all {APPLICATION} peer map=serving\n"
    ident = [f'owner "{name}" {role}' for name in administrators for role in (ADMIN, OWNER)]
    ident += [f'serving "{name}" {APPLICATION}' for name in serving]
    return {"hba": hba, "ident": "\n".join([*ident, ""])}
