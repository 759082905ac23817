"""``python -m config.local.postgres``: control the embedded server manually."""

import os
import sys
from pathlib import Path

from config.local.postgres import PostgresError, Server, data_dir
from config.local.postgres.cluster import installed_binaries
from config.local.postgres.transfer import dump, restore, upgrade

_USAGE = """\
usage: python -m config.local.postgres start|stop|status|url|data|psql
       python -m config.local.postgres dump FILE | restore FILE | upgrade [BINARIES]
"""


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
        case ["dump", file]:
            dump(server, Path(file).resolve())
        case ["restore", file]:
            restore(server, Path(file).resolve())
        case ["upgrade", *binaries] if len(binaries) < 2:
            kept = upgrade(server, *map(Path, binaries))
            sys.stdout.write(f"The former cluster is in {kept}.\n" if kept else "Up to date.\n")
        case _:
            sys.stderr.write(_USAGE)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (PostgresError, OSError) as error:
        sys.exit(str(error))
