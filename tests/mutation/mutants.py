"""Where mutants come from, and the sample of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation import python_operators, sql_operators

PATTERNS = ("*/services/*.py", "billing/gateways/*.py", "*/sql/*.sql")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file: `source[start:end]` becomes `replacement`."""

    path: Path
    start: int
    end: int
    replacement: str
    #: First and last line of the changed text, counted from 1.
    lines: tuple[int, int]
    original: str
    #: The first of those lines before and after the change, without its indentation.
    line: tuple[str, str]

    @property
    def key(self) -> tuple[str, str, str]:
        return str(self.path), *self.line

    def apply_to(self, source: str) -> str:
        return source[: self.start] + self.replacement + source[self.end :]

    def __str__(self) -> str:
        before, after = (_on_one_line(text) for text in (self.original, self.replacement))
        return f"{self.path}:{self.lines[0]}  {before}  ->  {after or '(removed)'}"


def sample_mutants(
    root: Path, *, size: int, seed: int, patterns: Sequence[str] = PATTERNS
) -> list[Mutant]:
    """`size` mutants, drawn evenly over files weighted by how much there is to change in them."""
    mutants = list(find_mutants(root, patterns))
    return random.Random(seed).sample(mutants, min(size, len(mutants)))


def find_mutants(root: Path, patterns: Sequence[str] = PATTERNS) -> Iterator[Mutant]:
    """Every mutant of every file that `patterns` name, in a stable order."""
    for path in sorted({path for pattern in patterns for path in root.glob(pattern)}):
        source = path.read_text()
        operators = sql_operators if path.suffix == ".sql" else python_operators
        for start, end, replacement in sorted(set(operators.find_changes(source))):
            first = source.count("\n", 0, start) + 1
            changed = source[:start] + replacement + source[end:]
            yield Mutant(
                path=path.relative_to(root),
                start=start,
                end=end,
                replacement=replacement,
                lines=(first, first + source.count("\n", start, end)),
                original=source[start:end],
                line=(_line(source, first), _line(changed, first)),
            )


def _line(source: str, number: int) -> str:
    return source.split("\n", number)[number - 1].strip()


def _on_one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."
