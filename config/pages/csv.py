"""Streaming CSV files, for responses that do not fit into memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import SEEK_END, StringIO
from typing import Any

from django.http import StreamingHttpResponse

#: Characters per chunk: sending line by line would mean one network write per line.
_PIECE = 32 * 1024
#: What a spreadsheet takes for the beginning of a formula, also in full width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
#: Without it, Excel on Windows reads the file in the code page of the system.
_BYTE_ORDER_MARK = "\ufeff"


def csv_response(
    name: str, header: Iterable[str], rows: Iterable[Iterable[Any]], *, has_mark: bool = True
) -> StreamingHttpResponse:
    """Return a download named `name`, streamed while `rows` are read."""
    return StreamingHttpResponse(
        csv_lines(header, rows, has_mark=has_mark),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def csv_lines(
    header: Iterable[str], rows: Iterable[Iterable[Any]], *, has_mark: bool = True
) -> Iterator[str]:
    """Yield a byte order mark, then complete lines with CRLF.

    Text that a spreadsheet would run as a formula gets an apostrophe. Without `has_mark`, the file
    is for programs that would take the mark for a part of the header.
    """
    piece = StringIO(_BYTE_ORDER_MARK if has_mark else "", newline="")
    piece.seek(0, SEEK_END)
    writer = csv.writer(piece)
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        if piece.tell() >= _PIECE:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()


def _cell(value: Any) -> Any:
    is_formula = isinstance(value, str) and value.startswith(_FORMULA)
    return f"'{value}" if is_formula else value
