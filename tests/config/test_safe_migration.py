"""Migrations beside a running service: they neither block it nor fail because it runs."""

from __future__ import annotations

import threading
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from config.db.safe_migration import (
    drop_invalid_indexes,
    limit_waits,
    migrate_patiently,
    only_migration,
)
from tests.web import database_url

ALTER = "ALTER TABLE billing_tier ADD COLUMN tried int"
UNDO = "ALTER TABLE billing_tier DROP COLUMN IF EXISTS tried"


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def owner() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(database_url(connection.settings_dict["USER"]), autocommit=True)


def test_it_waits_shortly_for_a_lock_and_tries_again(
    live_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.db.safe_migration._LOCK_SECONDS", 0.05)
    reports: list[str] = []
    with owner() as other:
        other.execute("BEGIN; LOCK TABLE billing_tier IN ACCESS SHARE MODE")

        def report(line: str) -> None:
            """The lock goes once it was missed."""
            reports.append(line)
            other.execute("ROLLBACK")

        try:
            migrate_patiently(lambda: execute(ALTER), attempts=5, report=report, pause=0.01)
        finally:
            execute(UNDO)
    assert reports == ["A table is in use (1 of 5); trying again."]


def test_it_gives_up_in_the_end(live_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.db.safe_migration._LOCK_SECONDS", 0.05)
    with owner() as other:
        other.execute("BEGIN; LOCK TABLE billing_tier IN ACCESS SHARE MODE")
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate_patiently(
                lambda: execute(ALTER), attempts=2, report=lambda line: None, pause=0.01
            )


def test_one_migrates_at_a_time(live_db: None) -> None:
    order: list[str] = []
    waits, ended = threading.Event(), threading.Event()

    def second() -> None:
        with only_migration(lambda line: waits.set()):
            order.append("second")
        connection.close()
        ended.set()

    with only_migration(order.append):
        thread = threading.Thread(target=second)
        thread.start()
        assert waits.wait(60)
        order.append("first")
    assert ended.wait(60)
    thread.join()
    assert order == ["first", "second"]


def test_an_index_that_was_interrupted_is_dropped(live_db: None) -> None:
    execute("CREATE TABLE tried (n int); INSERT INTO tried VALUES (1), (1)")
    try:
        with owner() as other, pytest.raises(psycopg.errors.UniqueViolation):
            other.execute("CREATE UNIQUE INDEX CONCURRENTLY tried_once ON tried (n)")
        reports: list[str] = []
        drop_invalid_indexes(reports.append)
        assert reports == ["Dropping the unfinished index tried_once."]
        drop_invalid_indexes(reports.append)
        assert len(reports) == 1
    finally:
        execute("DROP TABLE tried")


def test_statements_have_no_time_limit(live_db: None) -> None:
    try:
        limit_waits()
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)
    finally:
        connection.close()


@pytest.mark.slow
def test_the_command_applies_what_is_missing(live_db: None) -> None:
    # The last migration of its app, or others would be applied before what they depend on.
    name = "0006_partition_books"
    MigrationRecorder(connection).record_unapplied("imaging", name)
    rule = "imaging_imageoperation_charge_id_key"
    execute(f"ALTER TABLE imaging_imageoperation ADD CONSTRAINT {rule} CHECK (true)")
    out = StringIO()
    call_command("migrate_safely", stdout=out)
    assert f"Applying imaging.{name}" in out.getvalue()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE conname = %s", [rule])
        assert cursor.fetchone() == (0,)
    connection.close()  # whose limits were lifted
