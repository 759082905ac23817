"""The CSV files of reports: each report registers its own, and the monthly archive has them all."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from billing.reports.periods import ReportPeriod
from billing.reports.tables import Column, Row, csv_cells
from config.pages.csv import csv_lines

_IN_MEMORY = 8 * 1024 * 1024
ReadRows = Callable[[ReportPeriod], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class ReportFile:
    """`name` without an ending. A file `for_import` has no byte order mark."""

    name: str
    columns: Sequence[Column]
    read: ReadRows
    for_import: bool = False

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def has_mark(self) -> bool:
        return not self.for_import

    def rows(self, period: ReportPeriod) -> Iterator[list[Any]]:
        return (csv_cells(self.columns, row) for row in self.read(period))

    def file_name(self, period: ReportPeriod) -> str:
        span = period.name
        if span == "custom":
            span = f"{period.first:%Y-%m-%d}-{period.last:%Y-%m-%d}"
        return f"{self.name}-{span}.csv"


_files: dict[str, ReportFile] = {}


def report_file(
    name: str, columns: Sequence[Column], *, for_import: bool = False
) -> Callable[[ReadRows], ReadRows]:
    """Register a function that reads the rows of a period as a CSV file."""

    def register(read: ReadRows) -> ReadRows:
        _files[name] = ReportFile(name, columns, read, for_import)
        return read

    return register


def file_named(name: str) -> ReportFile | None:
    return _files.get(name)


def report_files() -> list[ReportFile]:
    return sorted(_files.values(), key=lambda file: file.name)


def write_archive(period: ReportPeriod, now: datetime) -> IO[bytes]:
    """Return a ZIP archive with every file of the period, on disk if it is large."""
    archive: Any = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for file in report_files():
            entry = zipfile.ZipInfo(file.file_name(period), now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            with target.open(entry, "w") as opened:
                lines = csv_lines(file.header, file.rows(period), has_mark=file.has_mark)
                for piece in lines:
                    opened.write(piece.encode())
    archive.seek(0)
    result: IO[bytes] = archive
    return result
