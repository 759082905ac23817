"""Find an account among a million and among a thousand, both by index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

from django.db import connection

from accounts.models import Account
from benchmarks.figures import Figure
from benchmarks.timing import time_calls
from config.api.pagination import NewestFirst
from tests.factories import PartnerFactory

_FEW = 1_000
#: Lookups per timed call: enough to make the choice of the table negligible.
_LOOKUPS = 40

# A small copy of the product's table: the search path decides which one is read.
_SMALL_TABLE = """
    DROP SCHEMA IF EXISTS few CASCADE;
    CREATE SCHEMA few;
    CREATE TABLE few.accounts_account (LIKE public.accounts_account INCLUDING ALL);
    INSERT INTO few.accounts_account SELECT * FROM public.accounts_account;
"""
# Filler rows of realistic length, with evenly spread hashes.
_FILL = """
    INSERT INTO accounts_account (id, partner_id, email, email_hash, phone, country_code,
        phone_hash, phone_whole_hash, phone_bare_hash, profile, created_at, updated_at)
    SELECT lpad(to_hex(1700000000 + n), 8, '0') || substr(md5(n::text), 1, 16), %(partner)s,
        rpad('v1.', 80, 'x'), sha256(('email' || n)::bytea), rpad('v1.', 56, 'x'), 91,
        sha256(('phone' || n)::bytea), sha256(('whole' || n)::bytea),
        sha256(('bare' || n)::bytea), rpad('v1.', 300, 'x'), at, at
    FROM generate_series(1, %(count)s) n,
        LATERAL (SELECT now() - n * interval '3 years' / %(count)s AS at) times
"""
Lookup = Callable[[], object]


def figures(accounts: int) -> Iterator[Figure]:
    partner_id = _make_accounts()
    lookups = _lookups(partner_id)
    _fill(partner_id, accounts - _FEW)
    for name, lookup in lookups.items():
        calls = {size: _from(size, lookup) for size in ("few", "public")}
        timings = time_calls(calls, rounds=20, calls=3)
        few, many = (timings.median(size) / _LOOKUPS for size in calls)
        note = f"{many:,.0f} and {few:,.0f} µs"
        ratio = timings.ratio("public", "few")
        yield Figure(f"{name}: {accounts:,} accounts ÷ {_FEW:,}", ratio, "<= 1.3", note)
        yield Figure(f"{name}: tables read or sorted as a whole", _scans(lookup), "== 0")


def _lookups(partner_id: str) -> dict[str, Lookup]:
    """Yield the endpoints' queries, each for another real account."""
    mine = Account.objects.of(partner_id)
    real = list(mine.order_by("id"))  # before the table is filled
    numbers, ids = cycle(range(_FEW)), cycle([account.pk for account in real])
    places = cycle([(account.created_at, account.pk) for account in real])
    return {
        "by id": lambda: mine.get(pk=next(ids)),
        "by email": lambda: Account.objects.with_email(
            _email(next(numbers)), owner=partner_id
        ).get(),
        "by phone": lambda: Account.objects.with_phone(
            _digits(next(numbers)), owner=partner_id
        ).get(),
        "a page of twenty": lambda: NewestFirst(20, next(places)).fetch_page(mine),
    }


def _from(schema: str, lookup: Lookup) -> Lookup:
    def call() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path TO {schema}, public")
        for _ in range(_LOOKUPS):
            lookup()

    return call


def _scans(lookup: Lookup) -> int:
    """Count the steps of the plan that read or sort the whole table."""
    plans: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        execute(f"EXPLAIN {sql}", params, many, context)
        plans.extend(row[0] for row in context["cursor"].fetchall())
        return execute(sql, params, many, context)

    with connection.cursor() as cursor:
        cursor.execute("SET search_path TO public")
    with connection.execute_wrapper(explain):
        lookup()
    return sum("Seq Scan" in line or "Sort" in line for line in plans)


def _make_accounts() -> str:
    """Create a partner with a thousand accounts over three years; return its id."""
    partner = PartnerFactory.create()
    Account.objects.bulk_create(_account(partner.id, number) for number in range(_FEW))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_account SET created_at = now() - random() * interval '3y'")
        cursor.execute(_SMALL_TABLE)
    return str(partner.id)


def _account(partner_id: str, number: int) -> Account:
    account = Account(partner_id=partner_id)
    account.set_email(_email(number))
    account.set_phone(91, _digits(number))
    account.set_profile({"firstName": "Sarah", "businessName": "Nova Retail" * 10})
    return account


def _fill(partner_id: str, count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET synchronous_commit = off")
        cursor.execute(_FILL, {"partner": partner_id, "count": count})
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET synchronous_commit")


def _email(number: int) -> str:
    return f"merchant{number}@example.com"


def _digits(number: int) -> str:
    return f"{9_000_000_000 + number}"
