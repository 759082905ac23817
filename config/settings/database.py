"""PostgreSQL: who connects, through what, and for how long a statement may take."""

from __future__ import annotations

from typing import Any

from config.environment import is_command, process_name
from config.local import postgres
from config.settings.env import IS_PRODUCTION, env

_is_named = bool(env.str("DATABASE_URL", "")) or not IS_PRODUCTION
_serving: dict[str, Any] = env.db_url("DATABASE_URL", default=postgres.url()) if _is_named else {}
_is_embedded = not env.str("DATABASE_URL", "") and _is_named
DATABASE_SERVING_ROLE: str = _serving.get("USER", "")

# Sessions that a transaction pooler would break, such as LISTEN, go past it.
_direct_url = env.str("DATABASE_DIRECT_URL", "")
IS_DATABASE_POOLED = bool(_direct_url)
#: Whether statements of API calls are prepared once per connection; a pooler hands each transaction
#: another one.
DB_PREPARE = env.bool("DB_PREPARE", default=not IS_DATABASE_POOLED)
# A pooler refuses the option, so there the limits are those of the role.
DB_TIMEOUTS = {
    "lock_timeout": env.str("DB_LOCK_TIMEOUT", "5s"),
    "statement_timeout": env.str("DB_STATEMENT_TIMEOUT", "15s"),
    "idle_in_transaction_session_timeout": env.str("DB_IDLE_TIMEOUT", "30s"),
}
_session_options = " ".join(f"-c {name}={value}" for name, value in DB_TIMEOUTS.items())
#: A host that has gone answers nothing: libpq would wait for a quarter of an hour, or in an idle
#: session for two: seconds, but the last one, which is in milliseconds.
_NETWORK = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def _connection(url: dict[str, Any], *, is_pooled: bool = False) -> dict[str, Any]:
    """Name the process, which pg_stat_activity shows, and limit statements."""
    if not url:
        return {}
    options = {
        **_NETWORK,
        "application_name": env.str("PGAPPNAME", f"shopiq {process_name()}"),
        **url.get("OPTIONS", {}),
        **({} if is_pooled else {"options": _session_options}),
    }
    return {**url, "OPTIONS": options}


# The role that owns the tables, for `migrate`; the one that serves owns nothing.
_owner_url = env.str("DATABASE_OWNER_URL", postgres.owner_url() if _is_embedded else "")
#: Where `verify_backup` may create a database.
BACKUP_SCRATCH_URL = env.str(
    "BACKUP_SCRATCH_URL", postgres.admin_url() if _is_embedded else _owner_url
)
DATABASE_OWNER = _connection(
    env.db_url("DATABASE_OWNER_URL", default=_owner_url) if _owner_url else {}
)
DATABASE_DIRECT = _connection(env.db_url("DATABASE_DIRECT_URL") if _direct_url else {})

# Threads of the web process share a pool. Commands have none, whatever a file of settings for all
# processes says: a pool in the worker's forked processes would give the same socket to several.
_pool_size = 0 if is_command() else env.int("DB_POOL_SIZE", 0)
_pool = {"pool": {"min_size": 1, "max_size": _pool_size, "timeout": 30}} if _pool_size else {}
_default = _connection(_serving, is_pooled=IS_DATABASE_POOLED)
DATABASES = {
    "default": {
        **_default,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0 if _pool_size else None,
        "CONN_HEALTH_CHECKS": not _pool_size,
        "DISABLE_SERVER_SIDE_CURSORS": IS_DATABASE_POOLED,
        "OPTIONS": {**_default.get("OPTIONS", {}), **_pool},
    }
}
# A standby for what may be some seconds old.
DATABASE_REPLICA_URL = env.str("DATABASE_REPLICA_URL", "")
REPLICA_LAG_SECONDS = env.float("REPLICA_LAG_SECONDS", 5.0)
if DATABASE_REPLICA_URL:
    _replica = _connection(env.db_url("DATABASE_REPLICA_URL"))
    DATABASES["replica"] = {
        **_replica,
        **{name: DATABASES["default"][name] for name in ("ATOMIC_REQUESTS", "CONN_MAX_AGE")},
        "CONN_HEALTH_CHECKS": not _pool_size,
        "OPTIONS": {**_replica["OPTIONS"], **_pool},
    }
# The request log and the daily counts, in a database of their own. The role owns its tables.
LOG_DATABASE_URL = env.str("LOG_DATABASE_URL", "")
if LOG_DATABASE_URL:
    _log = _connection(env.db_url("LOG_DATABASE_URL"))
    DATABASES["log"] = {
        **_log,
        **{name: DATABASES["default"][name] for name in ("ATOMIC_REQUESTS", "CONN_MAX_AGE")},
        "CONN_HEALTH_CHECKS": not _pool_size,
        "OPTIONS": {**_log["OPTIONS"], **_pool},
    }
DATABASE_ROUTERS = [
    *(["config.db.logs.LogRouter"] if LOG_DATABASE_URL else []),
    *(["config.db.replica.ReplicaRouter"] if DATABASE_REPLICA_URL else []),
    *(["config.db.logs.OtherRouter"] if LOG_DATABASE_URL else []),
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
