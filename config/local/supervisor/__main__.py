"""``python -m config.local.supervisor [Procfile]``: run the whole platform on one machine.

It starts the embedded PostgreSQL (unless ``DATABASE_URL`` names another), migrates, and runs all
processes until it is stopped.
"""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from honcho.environ import parse_procfile

from config.environment import grace_seconds, load_env_file
from config.local.address import Address
from config.local.files import open_private
from config.local.postgres import PostgresError, Server, data_dir
from config.local.postgres.cluster import Cluster
from config.local.supervisor.privileges import give_up_root
from config.local.supervisor.process import RUN_MARKER, Process, die_with_parent, stop_leftovers
from config.local.supervisor.supervisor import Supervisor, on_stop_request

CHECKOUT = Path(__file__).resolve().parents[3]


class StartupError(Exception):
    """The reason why the platform cannot start, in one sentence."""


def main(procfile: str = "Procfile") -> int:
    """Run until stopped and return the exit code."""
    load_env_file()
    grace = grace_seconds()
    address = Address.from_environment()
    data = data_dir()
    on_stop_request(signal.default_int_handler)
    with _lock_data(data):
        stop_leftovers(str(data), grace=grace)
        if not address.is_free(wait=2.0):
            raise StartupError(
                f"Port {address.port} on {address.host} is in use. Set another PORT."
            )
        env = _child_environment(data, grace)
        _serve(CHECKOUT / procfile, env, data=data, address=address, grace=grace)
    return 0


def _serve(
    procfile: Path, env: dict[str, str], *, data: Path, address: Address, grace: float
) -> None:
    if os.environ.get("ENVIRONMENT") == "production" and not os.environ.get("DATABASE_URL"):
        raise StartupError("Production does not use the embedded database. Set DATABASE_URL.")
    server = None if os.environ.get("DATABASE_URL") else Server(data)
    try:
        if server:
            server.start(preexec=die_with_parent())
        _prepare(env)
        env.pop("DATABASE_OWNER_URL", None)  # for `prepare` alone
        user = Cluster(data).serving_user
        serving = give_up_root(user, data=data, checkout=CHECKOUT, env=env, port=address.port)
        stages = _read_stages(env | serving.environment, serving.options, procfile)
        Supervisor(stages, server=server, address=address, grace=grace).run()
    except KeyboardInterrupt:
        return
    finally:
        on_stop_request(lambda *_: None)  # already stopping
        if server:
            server.stop()


@contextmanager
def _lock_data(data: Path) -> Iterator[None]:
    data.mkdir(mode=0o711, parents=True, exist_ok=True)
    with open_private(data / "supervisor.lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartupError(f"ShopIQ is already running with the data in {data}.") from None
        yield


def _child_environment(data: Path, grace: float) -> dict[str, str]:
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "SHOPIQ_DATA": str(data),
        "GRACE_SECONDS": f"{grace:g}",
        RUN_MARKER: str(data),
    }


def _prepare(env: dict[str, str]) -> None:
    """Run the checks and migrations in one process, to start Django only once."""
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=CHECKOUT,
        env=env,
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent(),
        check=False,
    )
    if done.returncode:
        raise StartupError("manage.py prepare failed.")
    env["SHOPIQ_CHECKED"] = "1"


def _read_stages(
    env: dict[str, str], options: dict[str, Any], procfile: Path
) -> list[list[Process]]:
    """End the web server before the workers that it depends on: the Procfile lists it first."""
    commands = parse_procfile(procfile.read_text()).processes
    web, *others = [Process(name, command, env, options) for name, command in commands.items()]
    return [[web], others]


if __name__ == "__main__":
    os.chdir(CHECKOUT)
    try:
        sys.exit(main(*sys.argv[1:]))
    except (StartupError, PostgresError, OSError, ValueError) as error:
        sys.exit(str(error))
