from __future__ import annotations

from collections.abc import Iterable


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown; a bar in a cell is escaped."""
    lines = [[cell.replace("|", "\\|") for cell in line] for line in (head, *rows)]
    text = [f"| {' | '.join(line)} |" for line in lines]
    text.insert(1, f"| {' | '.join('---' for _ in lines[0])} |")
    return "\n".join(text)
