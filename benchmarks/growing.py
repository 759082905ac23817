"""The two databases of `benchmarks.growth`, their rows, and what is measured on them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.db import connection, connections
from django.db.utils import load_backend
from django.test import Client
from django.urls import reverse

from accounts.jobs import REQUEST_LOG, purge_request_log
from accounts.keys import hash_key
from accounts.models import RequestLog
from accounts.services.authorization import Caller
from benchmarks.authorization.callers import Target
from config.api.middleware import CallMiddleware
from config.db.clock import database_now
from config.db.ids import first_id, new_id
from config.db.partitions import add_partitions, read_partitions
from config.db.statements import fetch_row, placeholders
from tests.factories import Keys, bucket, partner_with_keys
from tests.users import browser_of, create_user

Call = Callable[[], object]
Choose = Callable[[str], None]
#: Days that the rows are spread over.
_DAYS = 120
#: Each line of this number belongs to the partner that is measured.
_OF_PARTNER = 200

# Other partners have no rows of their own, so foreign keys are left unchecked.
_LINES = """
    INSERT INTO accounts_requestlog (id, at, partner_id, key_id, request_id, client_request_id,
        method, path, status, code, message, target, milliseconds, address)
    SELECT lpad(to_hex(extract(epoch FROM at)::bigint), 8, '0') || substr(md5('line' || n), 1, 16),
        at, partner, partner, md5('request' || n), '', 'POST', '/partner/v1/image/create',
        CASE WHEN n %% 12 = 0 THEN 402 ELSE 200 END,
        CASE WHEN n %% 12 = 0 THEN 'insufficient_points' ELSE '' END, '', md5(n::text)::char(24),
        300, '203.0.113.9'
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n,
        LATERAL (SELECT now()
                - interval '1 day' * %(days)s
                    * ((%(last)s - n)::float8 / (%(last)s - %(first)s)) AS at,
            CASE WHEN n %% %(every)s = 0 THEN %(partner)s
                 ELSE substr(md5('partner' || n %% 2000), 1, 24) END AS partner) row
"""
_CHARGES = """
    INSERT INTO billing_charge (id, partner_id, key_id, action, mode, tier_id, cost, fast_cost,
        refunded, state, holder, lease_until, created_at, settled_at)
    SELECT lpad(to_hex(extract(epoch FROM at)::bigint), 8, '0') || substr(md5('call' || n), 1, 16),
        partner, CASE WHEN partner = %(partner)s THEN %(key)s ELSE partner END,
        'create', 'fast', 'scale', 600, 600, 0, 'succeeded', '', at, at, at
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n,
        LATERAL (SELECT now() - interval '10 minutes'
                - interval '1 day' * %(days)s
                    * ((%(last)s - n)::float8 / (%(last)s - %(first)s)) AS at,
            CASE WHEN n %% %(every)s = 0 THEN %(partner)s
                 ELSE substr(md5('partner' || n %% 2000), 1, 24) END AS partner) row
"""
_OPERATIONS = """
    INSERT INTO imaging_imageoperation (id, partner_id, key_id, charge_id, action, requested_mode,
        mode, aspect_ratio, resolution, file_token, image_urls, failure, created_at)
    SELECT id, partner_id, key_id, id, action, mode, mode, '1:1', '1k', gen_random_uuid(),
        '{}', '', created_at
    FROM billing_charge ON CONFLICT DO NOTHING
"""
#: Built at the end, which takes a fraction of the time. Unique ones are in the order of the rows.
_INDEXES = """
    SELECT c.relname, replace(pg_get_indexdef(c.oid), ' ON ONLY ', ' ON ')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE NOT i.indisunique AND i.indrelid = ANY (ARRAY['accounts_requestlog', 'billing_charge',
        'imaging_imageoperation', 'billing_ledgerentry']::regclass[])
"""
_ENTRIES = """
    INSERT INTO billing_ledgerentry
        (id, partner_id, bucket_id, operation_id, kind, points, created_at)
    SELECT left(id, 21) || '000', partner_id, partner_id, id, 'charge', -cost, created_at
    FROM billing_charge ON CONFLICT DO NOTHING
"""


@contextmanager
def databases(factor: float, lines: int, operations: int) -> Iterator[tuple[Choose, Subject]]:
    """Make both; yield what chooses the one that is measured, and who calls."""
    wrappers = {size: _wrapper(f"growth_{size}") for size in ("small", "large")}

    def choose(size: str) -> None:
        connections["default"] = wrappers[size]

    for name in ("growth_small", "growth_large"):  # of a run that was interrupted
        _execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    # Its time would count as that of whichever is being measured.
    _execute("ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()")
    _execute("CREATE DATABASE growth_small")
    choose("small")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    _cut_into_months()
    subject = Subject.create()
    _fill(subject, 0, lines, 0, operations)
    wrappers["small"].close()
    connections["default"] = _wrapper(settings.DATABASES["default"]["NAME"])
    _execute("CREATE DATABASE growth_large TEMPLATE growth_small")
    connection.close()
    choose("large")
    _fill(subject, lines, round(lines * factor), operations, round(operations * factor))
    for size in wrappers:
        choose(size)
        _execute("SET statement_timeout = 0", "VACUUM ANALYZE", "CHECKPOINT")
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

    def calls(self) -> dict[str, Call]:
        usage = Target("/partner/v1/image/usage", ("X-Api-Key", self.keys.live))
        return {
            "gate": self._gate(),
            "gate and charge": self._charge(),
            "usage": usage.wsgi_call(WSGIHandler(), method="GET"),
            "page of the request log": partial(self._open, reverse("requests")),
            "search by request id": partial(
                self._open, f"{reverse('requests')}?request_id={self._request_id()}"
            ),
        }

    def _gate(self) -> Call:
        statement = f"SELECT denied_by FROM accounts_authorize({placeholders(4)})"
        return lambda: fetch_row(statement, self._caller())

    def _charge(self) -> Call:
        statement = f"SELECT charged FROM imaging_authorize_and_start({placeholders(17)})"

        def call() -> None:
            row = fetch_row(
                statement,
                [
                    *self._caller(),
                    *("{live,test}", new_id(), "create", "fast", "1:1", "1k", uuid.uuid4(), []),
                    *(150, "", "", "", "{}"),
                ],
            )
            assert row == {"charged": True}

        return call

    def _caller(self) -> list[Any]:
        caller = Caller(hash_key(self.keys.live), None, ("live", "test"), "image.create")
        parameters = caller.as_parameters()
        parameters[2] = "127.0.0.1"
        return parameters

    def _open(self, address: str) -> None:
        response = self.browser.get(address, headers={"host": "127.0.0.1"})
        assert response.status_code == 200, response.status_code

    def _request_id(self) -> str:
        return RequestLog.objects.of(self.keys.partner.pk).latest("at").request_id


def purge_months(choose: Choose, size: str) -> list[float]:
    """Return the microseconds in which retention drops each of three months."""
    choose(size)
    found = []
    for days in (91, 61, 31):
        settings.REQUEST_LOG_DAYS = days
        before = len(read_partitions(REQUEST_LOG))
        started = time.perf_counter()
        purge_request_log()
        if len(read_partitions(REQUEST_LOG)) < before:
            found.append((time.perf_counter() - started) * 1e6)
    return found


def _wrapper(name: str) -> Any:
    return load_backend("django.db.backends.postgresql").DatabaseWrapper(
        {**connections.settings["default"], "NAME": name}, "default"
    )


def _cut_into_months() -> None:
    """Let the first partition end months ago, so that the lines are in months of their own."""
    for each in read_partitions(REQUEST_LOG):
        if not each.is_default:
            _execute(f"DROP TABLE {each.name}")
    since = (database_now().astimezone(UTC) - timedelta(days=_DAYS)).replace(day=1)
    start = first_id(since.replace(hour=0, minute=0, second=0, microsecond=0))
    _execute(
        "CREATE TABLE accounts_requestlog_first PARTITION OF accounts_requestlog"
        f" FOR VALUES FROM (MINVALUE) TO ('{start}')"
    )
    add_partitions(REQUEST_LOG)


def _fill(subject: Subject, line: int, lines: int, operation: int, operations: int) -> None:
    values: dict[str, str | int] = {
        "partner": subject.keys.partner.pk,
        "key": subject.keys.key("live").pk,
        "every": _OF_PARTNER,
        "days": _DAYS,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET synchronous_commit = off")
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(_LINES, {**values, "first": line + 1, "last": lines})
        cursor.execute(_CHARGES, {**values, "first": operation + 1, "last": operations})
        for statement in (_OPERATIONS, _ENTRIES):
            cursor.execute(statement, {"first": operation})
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("RESET session_replication_role; RESET synchronous_commit")


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
