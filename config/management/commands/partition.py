from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections, transaction

from config.db.grants import install_grants
from config.db.partitions import (
    MONTHS_AHEAD,
    Partition,
    PartitionedTable,
    add_partitions,
    partitioned_tables,
    partitions_beside,
    read_partitions,
)
from config.db.roles import owner_connection

_INDEXES = "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = to_regclass(%s)"


class Command(BaseCommand):
    help = (
        "Add the partitions of the coming months and list them all; the worker does so every hour."
        " Connects by DATABASE_OWNER_URL, if it is set."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--months",
            type=int,
            default=MONTHS_AHEAD,
            help=f"after the present one ({MONTHS_AHEAD})",
        )
        parser.add_argument(
            "--move",
            nargs=2,
            metavar=("PARTITION", "TABLESPACE"),
            help="move a partition to other disks; its rows are still found",
        )
        parser.add_argument(
            "--detach",
            metavar="PARTITION",
            help="make a partition of the request log, or a month of webhook events with their"
            " attempts, tables of their own, to be dumped and dropped; their rows are not found any"
            " more",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with owner_connection():
            try:
                if options["move"]:
                    self._move(*options["move"])
                if options["detach"]:
                    self._detach(options["detach"])
                for table in partitioned_tables():
                    add_partitions(table, options["months"])
                    self._list(table)
            except DatabaseError as error:
                raise CommandError(str(error).strip()) from error

    def _move(self, name: str, tablespace: str) -> None:
        """Reads and writes of this partition wait meanwhile."""
        table, _ = _find(name)
        connection = connections[table.alias()]
        target = connection.ops.quote_name(tablespace)
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(_INDEXES, [name])
            indexes = [index for (index,) in cursor.fetchall()]
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(name)} SET TABLESPACE {target}")
            for index in indexes:
                cursor.execute(f"ALTER INDEX {index} SET TABLESPACE {target}")

    def _detach(self, name: str) -> None:
        table, partition = _find(name)
        if partition.is_default:
            raise CommandError("The default partition has to stay.")
        if reason := table.why_kept(partition):
            raise CommandError(f"{reason} Move it to another tablespace instead.")
        connection = connections[table.alias()]
        quote = connection.ops.quote_name
        with transaction.atomic(using=table.alias()), connection.cursor() as cursor:
            for whole, part in partitions_beside(table, partition):
                cursor.execute(f"ALTER TABLE {quote(whole)} DETACH PARTITION {quote(part)}")
        # As a table of its own it needs privileges of its own, or `doctor` finds them missing.
        install_grants()

    def _list(self, table: PartitionedTable) -> None:
        self.stdout.write(table.name)
        for each in read_partitions(table):
            size = f"{each.size / 2**20:,.1f} MB"
            where = f"  {each.tablespace}" if each.tablespace else ""
            self.stdout.write(f"  {each.name:40}{each.rows:>14,} rows{size:>14}{where}")


def _find(name: str) -> tuple[PartitionedTable, Partition]:
    for table in partitioned_tables():
        for partition in read_partitions(table):
            if partition.name == name:
                return table, partition
    raise CommandError(f"There is no partition {name}.")
