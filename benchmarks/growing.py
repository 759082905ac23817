"""The two databases of `benchmarks.growth`, their rows, and what is measured on them."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.utils import load_backend
from django.test import Client
from django.urls import reverse

from accounts.jobs import REQUEST_LOG, purge_request_log
from accounts.keys import hash_key
from accounts.models import RequestLog
from accounts.services.authorization import Caller
from benchmarks.authorization.callers import Target
from benchmarks.growth_filling import DAYS, fill
from benchmarks.growth_rows import OF_PARTNER
from benchmarks.timing import Timings, database_clock, time_calls
from config.api.middleware import CallMiddleware
from config.db.clock import database_now
from config.db.ids import first_id, new_id
from config.db.partitions import add_partitions, read_partitions
from config.db.statements import fetch_row, placeholders
from imaging.jobs import BOOKS
from tests.factories import Keys, bucket, partner_with_keys
from tests.users import browser_of, create_user

Call = Callable[[], object]
Choose = Callable[[str], None]
_CALLS = 10


@dataclass(frozen=True, slots=True)
class Size:
    """Rows of a database."""

    lines: int
    operations: int


@contextmanager
def databases(small: Size, large: Size) -> Iterator[tuple[Choose, Subject]]:
    """Make both; yield what chooses the one that is measured, and who calls."""
    wrappers = {size: wrapper_of(f"growth_{size}") for size in ("small", "large")}

    def choose(size: str) -> None:
        connections["default"] = wrappers[size]

    server = connections["default"]
    for name in ("growth_small", "growth_large"):  # of a run that was interrupted
        execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    execute("CREATE DATABASE growth_small")
    choose("small")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    _cut_into_months()
    subject = Subject.create()
    owner = (subject.keys.partner.pk, subject.keys.key("live").pk)
    connection.close()
    connections["default"] = server
    execute("CREATE DATABASE growth_large TEMPLATE growth_small")
    connection.close()
    # A page draws its partner's lines of the last 30 days: as many in both.
    every = {"small": OF_PARTNER, "large": round(OF_PARTNER * large.lines / small.lines)}
    for name, size in {"small": small, "large": large}.items():
        choose(name)
        fill(owner, lines=size.lines, operations=size.operations, every=every[name])
        execute("SET statement_timeout = 0", "VACUUM ANALYZE", "CHECKPOINT")
    yield choose, subject
    for wrapper in wrappers.values():
        wrapper.close()


@dataclass(frozen=True, slots=True)
class Subject:
    """The partner whose calls and pages are measured, the same in both databases."""

    keys: Keys
    browser: Client

    @classmethod
    def create(cls) -> Subject:
        settings.GRANT_LIMIT = 10**13
        CallMiddleware.listeners.clear()  # the log's thread would write to the database beside both
        keys = partner_with_keys()
        bucket(keys.partner, 10**13)
        return cls(keys, browser_of(create_user(keys.partner)))

    def calls(self, more: Collection[str]) -> dict[str, Call]:
        """Return what could depend on the rows of which there are more."""
        calls: dict[str, Call] = {"gate": self.gate()}
        if "operations" in more:
            usage = Target("/partner/v1/image/usage", ("X-Api-Key", self.keys.live))
            calls["gate and charge"] = self.charge()
            calls["usage"] = usage.wsgi_call(WSGIHandler(), method="GET")
        if "lines" in more:
            calls["page of the request log"] = partial(self.open, reverse("requests"))
            calls["search by request id"] = self._search()
        return calls

    def gate(self) -> Call:
        statement = f"SELECT denied_by FROM accounts_authorize({placeholders(4)})"
        return lambda: fetch_row(statement, self._caller())

    def charge(self) -> Callable[[], str]:
        statement = f"SELECT charged FROM imaging_authorize_and_start({placeholders(17)})"

        def call() -> str:
            operation_id = new_id()
            row = fetch_row(
                statement,
                [
                    *self._caller(),
                    *("{live,test}", operation_id, "create", "fast", "1:1", "1k", uuid.uuid4(), []),
                    *(150, "", "", "", "{}"),
                ],
            )
            assert row == {"charged": True}
            return operation_id

        return call

    def _caller(self) -> list[Any]:
        caller = Caller(hash_key(self.keys.live), None, ("live", "test"), "image.create")
        parameters = caller.as_parameters()
        parameters[2] = "127.0.0.1"
        return parameters

    def open(self, address: str) -> None:
        response = self.browser.get(address, headers={"host": "127.0.0.1"})
        assert response.status_code == 200, response.status_code

    def _search(self) -> Call:
        """Search for the newest request in the database that is chosen."""
        newest: dict[str, str] = {}

        def call() -> None:
            name = connection.settings_dict["NAME"]
            if name not in newest:
                of_partner = RequestLog.objects.of(self.keys.partner.pk)
                newest[name] = of_partner.latest("at").request_id
            self.open(f"{reverse('requests')}?request_id={newest[name]}")

        return call


def time_in_turns(calls: Mapping[str, Call], choose: Choose, *, rounds: int) -> Timings:
    """Return microseconds of the server's CPU time per call, each in the database of its name."""

    def at(name: str) -> Call:
        def repeat() -> None:
            choose(name)
            for _ in range(_CALLS):
                calls[name]()

        return repeat

    choose(next(iter(calls)))
    connection.ensure_connection()
    clock = database_clock(connection.connection.info.backend_pid)
    started = time.monotonic()
    timings = time_calls({name: at(name) for name in calls}, rounds=rounds, calls=1, clock=clock)
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    return Timings({name: [x / _CALLS for x in found] for name, found in timings.rounds.items()})


def purge_months(choose: Choose, size: str) -> list[float]:
    """Return for how many microseconds retention locks the log to drop each of three months.

    PostgreSQL deletes the files after the commit has released the lock.
    """
    choose(size)
    found = []
    for days in (91, 61, 31):
        settings.REQUEST_LOG_DAYS = days
        before = len(read_partitions(REQUEST_LOG))
        with transaction.atomic():
            started = time.perf_counter()
            purge_request_log()
            locked = time.perf_counter() - started
        if len(read_partitions(REQUEST_LOG)) < before:
            found.append(locked * 1e6)
    return found


def bytes_of(rows: str) -> int:
    """Return those of a `Size`'s rows with their indexes, in the database that is chosen."""
    tables = {"lines": [REQUEST_LOG], "operations": BOOKS}[rows]
    return sum(partition.size for table in tables for partition in read_partitions(table))


def wrapper_of(name: str) -> Any:
    return load_backend("django.db.backends.postgresql").DatabaseWrapper(
        {**connections.settings["default"], "NAME": name}, "default"
    )


def _cut_into_months() -> None:
    """Let the first partition end months ago, so that the lines are in months of their own."""
    for each in read_partitions(REQUEST_LOG):
        if not each.is_default:
            execute(f"DROP TABLE {each.name}")
    since = (database_now().astimezone(UTC) - timedelta(days=DAYS)).replace(day=1)
    start = first_id(since.replace(hour=0, minute=0, second=0, microsecond=0))
    execute(
        "CREATE TABLE accounts_requestlog_first PARTITION OF accounts_requestlog"
        f" FOR VALUES FROM (MINVALUE) TO ('{start}')"
    )
    add_partitions(REQUEST_LOG)


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
