"""A PostgreSQL for a benchmark alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from config.local import postgres


@contextmanager
def own_database(folder: str, **settings: str) -> Iterator[None]:
    """Start it in this folder of the data, for the settings of a checkout; delete it at the end.

    `settings` are PostgreSQL's, beside those of SHOPIQ_POSTGRES_OPTIONS.
    """
    os.environ["SHOPIQ_DATA"] = str(postgres.data_dir() / folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    for name in ("DATABASE_URL", "ENV_FILE", "ENVIRONMENT"):
        os.environ.pop(name, None)
    options = [f"-c {name}={value}" for name, value in settings.items()]
    given = os.environ.get("SHOPIQ_POSTGRES_OPTIONS", "")
    os.environ["SHOPIQ_POSTGRES_OPTIONS"] = " ".join([given, *options])
    os.makedirs(os.environ["SHOPIQ_DATA"], exist_ok=True)
    server = postgres.Server(postgres.data_dir())
    server.start()
    os.environ["DATABASE_URL"] = server.admin_url
    try:
        yield
    finally:
        server.stop()
        shutil.rmtree(os.environ["SHOPIQ_DATA"], ignore_errors=True)
