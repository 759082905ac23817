"""Figures with their targets, and the table that shows them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value; without a `target` it is for information only.

    `target` is a bound such as "<= 1.7", ">= 0.5" or "== 60".
    """

    name: str
    value: float
    target: str = ""
    note: str = ""

    @property
    def passes(self) -> bool | None:
        if not self.target:
            return None
        sign, bound = self.target.split()
        difference = self.value - float(bound)
        return {"<=": difference <= 0, ">=": difference >= 0, "==": difference == 0}[sign]

    @property
    def verdict(self) -> str:
        return {None: "", True: "PASS", False: "MISS"}[self.passes]


def render(figures: Iterable[Figure]) -> str:
    """Format a Markdown table, aligned for the terminal."""
    rows = [("figure", "measured", "target", "", "note")]
    rows += [(f.name, _number(f.value), f.target, f.verdict, f.note) for f in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)) + " |"


def _number(value: float) -> str:
    if not math.isfinite(value):  # nothing succeeded
        return "none"
    return f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:.2f}"
