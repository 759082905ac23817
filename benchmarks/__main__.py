"""`python -m benchmarks [subject …]`: measure on a separate database and print a table."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks import redis
from config.local import postgres

SUBJECTS = (
    "authorization",
    "charge",
    "spending",
    "round_trips",
    "waiting",
    "webhooks",
    "usage",
    "quote",
    "lookups",
)


def main() -> int:
    arguments = _arguments()
    os.environ["SHOPIQ_DATA"] = str(postgres.data_dir() / "benchmarks")
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    os.environ.setdefault("DB_POOL_SIZE", "40")
    for name in ("DATABASE_URL", "ENV_FILE", "ENVIRONMENT"):
        os.environ.pop(name, None)
    server = postgres.Server(postgres.data_dir())
    server.start()
    os.environ["DATABASE_URL"] = server.admin_url
    try:
        sizes = {
            "usage": {"operations": arguments.operations},
            "lookups": {"accounts": arguments.accounts},
        }
        os.makedirs(os.environ["SHOPIQ_DATA"], exist_ok=True)
        with redis.running():
            _prepare()
            found = list(_run(arguments.subjects or SUBJECTS, sizes))
    finally:
        server.stop()
    from benchmarks.figures import render

    print(f"\n{render(found)}")
    return 1 if any(figure.passes is False for figure in found) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="subject", help=", ".join(SUBJECTS))
    parser.add_argument(
        "--operations", type=int, default=5_000_000, help="rows for `usage` (5,000,000)"
    )
    parser.add_argument(
        "--accounts", type=int, default=1_000_000, help="rows for `lookups` (1,000,000)"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.subjects) - set(SUBJECTS):
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    return arguments


def _prepare() -> None:
    """Create an empty database with the schema of the product and its peers."""
    import django

    from benchmarks import peers

    peers.install()
    django.setup()
    from django.core.management import call_command

    _empty()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def _empty() -> None:
    """Free the disk: `usage` leaves some gigabytes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def _run(subjects: Any, sizes: dict[str, dict[str, int]]) -> Iterator[Any]:
    for subject in subjects:
        started = time.monotonic()
        module = importlib.import_module(f"benchmarks.{subject}")
        yield from module.figures(**sizes.get(subject, {}))
        print(f"{subject}: {time.monotonic() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
