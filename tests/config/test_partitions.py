"""Tables in partitions of months: made in advance, filled, moved, dropped, and found by readers."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.jobs import REQUEST_LOG, purge_request_log
from accounts.models import RequestLog
from accounts.request_log.rows import write_lines
from config.db.clock import database_now
from config.db.grants import different_tables
from config.db.ids import first_id
from config.db.partitioning import partition_by
from config.db.partitions import (
    Partition,
    PartitionedTable,
    add_partitions,
    covered_until,
    drop_partitions,
    has_rows_beyond,
    read_partitions,
)
from config.doctor import diagnose
from config.jobs.partitions import analyze_partitioned, check_partitions
from tests.accounts.request_logs import line
from tests.months import months_from_now

pytestmark = pytest.mark.django_db

NAMES = "SELECT relname FROM pg_class WHERE oid = (SELECT tableoid FROM accounts_requestlog)"


def partitions() -> list[Partition]:
    return read_partitions(REQUEST_LOG)


def partition_of_the_row() -> str:
    with connection.cursor() as cursor:
        cursor.execute(NAMES)
        [name] = cursor.fetchone()
    return str(name)


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_partitions_of_coming_months_are_added_once() -> None:
    add_partitions(REQUEST_LOG)
    before = partitions()
    assert add_partitions(REQUEST_LOG, 5) == 2
    assert add_partitions(REQUEST_LOG, 5) == 0

    added = partitions()
    assert len(added) == len(before) + 2
    assert added[-1].is_default
    ranges = added[:-1]
    assert [each.upper for each in ranges[:-1]] == [each.lower for each in ranges[1:]]
    assert covered_until(added) > months_from_now(5)


def test_a_line_is_in_the_partition_of_its_time() -> None:
    add_partitions(REQUEST_LOG)
    at = months_from_now(2)

    write_lines([line(at)])

    assert partition_of_the_row() == f"accounts_requestlog_{at:%Y_%m}"
    assert RequestLog.objects.get().at == at


def test_rows_that_come_before_their_partition_move_to_it() -> None:
    add_partitions(REQUEST_LOG)
    at = months_from_now(6)
    write_lines([line(at)])
    assert partition_of_the_row() == "accounts_requestlog_default"
    assert has_rows_beyond(REQUEST_LOG, partitions())
    [finding] = diagnose({"partitions"})
    assert "Run partition" in finding.detail

    add_partitions(REQUEST_LOG, 6)

    assert partition_of_the_row() == f"accounts_requestlog_{at:%Y_%m}"
    assert RequestLog.objects.get().at == at
    assert not has_rows_beyond(REQUEST_LOG, partitions())


def test_whole_months_are_dropped_and_nothing_younger(settings: Any) -> None:
    """Seen from a time at which the months that are coming now are long over."""
    settings.REQUEST_LOG_DAYS = -100
    add_partitions(REQUEST_LOG, 5)
    times = [months_from_now(months) for months in (0, 1, 2, 5)]
    write_lines([line(at) for at in times])

    purge_request_log()

    assert [row.at for row in RequestLog.objects.order_by("at")] == times[-1:]
    before = first_id(database_now() + timedelta(days=100))
    assert all(each.upper > before for each in partitions() if each.lower and each.upper)


def test_a_partition_is_dropped_from_the_first_id_after_it_on() -> None:
    add_partitions(REQUEST_LOG, 5)
    _, end, *later = [each.upper for each in partitions() if each.lower and each.upper]
    assert drop_partitions(REQUEST_LOG, str(end)) == 2
    assert [each.upper for each in partitions() if each.lower and each.upper] == later


def test_rows_of_a_moved_partition_are_found_and_written(cold: str) -> None:
    add_partitions(REQUEST_LOG)
    at = months_from_now(2)
    name = f"accounts_requestlog_{at:%Y_%m}"
    write_lines([line(at)])
    row = RequestLog.objects.get()

    call_command("partition", "--move", name, cold, stdout=StringIO())

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace"
            " WHERE spcname = %s",
            [cold],
        )
        moved = {each for (each,) in cursor.fetchall()}
    assert {name, f"{name}_pkey"} < moved
    assert RequestLog.objects.of(row.partner_id).get(pk=row.pk).at == at
    write_lines([line(at)])
    assert RequestLog.objects.count() == 2


def test_a_detached_partition_is_a_table_of_its_own_with_its_rows() -> None:
    add_partitions(REQUEST_LOG)
    at = months_from_now(2)
    name = f"accounts_requestlog_{at:%Y_%m}"
    write_lines([line(at)])

    call_command("partition", "--detach", name, stdout=StringIO())

    assert name not in [each.name for each in partitions()]
    assert name not in different_tables()
    assert not RequestLog.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name}")
        assert cursor.fetchone() == (1,)
    write_lines([line(at)])  # the month without a partition is in the default one
    assert partition_of_the_row() == "accounts_requestlog_default"


@pytest.mark.parametrize("name", ["accounts_requestlog_default", "accounts_partner"])
def test_other_tables_are_not_detached(name: str) -> None:
    with pytest.raises(CommandError):
        call_command("partition", "--detach", name)


def test_too_few_partitions_are_noticed() -> None:
    add_partitions(REQUEST_LOG)
    assert check_partitions().ok

    for each in partitions():
        if each.lower:
            execute(f"DROP TABLE {each.name}")
    execute("DROP TABLE accounts_requestlog_first")
    execute(
        "CREATE TABLE accounts_requestlog_first PARTITION OF accounts_requestlog"
        f" FOR VALUES FROM (MINVALUE) TO ('{first_id(database_now() + timedelta(days=13))}')"
    )
    check = check_partitions()
    assert (check.ok, 12 < float(check.detail or 0) <= 13) == (False, True)


def test_statistics_are_of_all_partitions(settings: Any) -> None:
    """Of the whole table, not of the rows from before there were partitions."""
    add_partitions(REQUEST_LOG)
    write_lines([line(months_from_now(months)) for months in (0, 2, 2, 3)])

    analyze_partitioned()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples, n_distinct FROM pg_class JOIN pg_stats ON tablename = relname"
            " WHERE relname = 'accounts_requestlog' AND attname = 'id' AND inherited"
        )
        assert cursor.fetchone() == (4, -1)


SAMPLE = """
    CREATE TABLE sample (
        id varchar(24) COLLATE "C" CONSTRAINT sample_pkey PRIMARY KEY,
        points int NOT NULL DEFAULT 1 CHECK (points > 0));
    CREATE INDEX sample_points ON sample (points, id) WHERE points > 5;
    INSERT INTO sample SELECT lpad(to_hex(n), 24, '0'), n FROM generate_series(1, 100) n;
    GRANT SELECT ON sample TO pg_monitor
"""
FILES = "SELECT pg_relation_filenode(%s), pg_relation_filenode(%s)"


def files_of(*indexes: str) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(FILES, indexes)
        first, second = cursor.fetchone()
    return first, second


def test_a_table_with_rows_becomes_the_first_partition_as_it_is() -> None:
    execute(SAMPLE)
    before = files_of("sample_pkey", "sample_points")
    operation: Any = partition_by("month", "sample")

    for _ in range(2):  # a migration that was interrupted may run again
        operation.code(None, SimpleNamespace(connection=connection))

    assert files_of("sample_pkey_first", "sample_points_first") == before, "an index was built anew"
    table = PartitionedTable("sample", lambda: "default")
    assert covered_until(read_partitions(table)) > months_from_now(3)
    execute("INSERT INTO sample (id) VALUES ('ffff')")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(points), has_table_privilege('pg_monitor', 'sample', 'SELECT')"
            " FROM sample"
        )
        assert cursor.fetchone() == (101, 5051, True)
    for wrong in ("('ffff', 1)", "('eeee', 0)"):
        with pytest.raises(IntegrityError), transaction.atomic():
            execute(f"INSERT INTO sample (id, points) VALUES {wrong}")
