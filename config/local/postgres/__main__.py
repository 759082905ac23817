"""``python -m config.local.postgres``: control the embedded server manually."""

import os
import sys

from config.local.postgres import PostgresError, Server, data_dir
from config.local.postgres.cluster import installed_binaries


def main(arguments: list[str]) -> int:
    """Run one command and return the exit code."""
    server = Server(data_dir())
    match arguments:
        case ["start"]:
            server.start()
        case ["stop"]:
            server.stop()
        case ["status"]:
            running = server.is_running()
            sys.stdout.write("running\n" if running else "stopped\n")
            return 0 if running else 3
        case ["url"]:
            sys.stdout.write(f"{server.url}\n")
        case ["data"]:
            sys.stdout.write(f"{server.cluster.data}\n")
        case ["psql", *rest]:
            psql = str(installed_binaries() / "psql")
            os.execv(psql, [psql, server.owner_url, *rest])  # noqa: S606 - no shell
        case _:
            sys.stderr.write(
                "usage: python -m config.local.postgres start|stop|status|url|data|psql\n"
            )
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (PostgresError, OSError) as error:
        sys.exit(str(error))
