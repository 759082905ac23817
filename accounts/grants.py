"""What the serving role may not do with the audit trail."""

from config.db.grants import limit_privileges

limit_privileges("SELECT", "INSERT", tables=["accounts_auditdigest", "accounts_auditentry"])
