"""Mutants that no test can kill, because the code means the same after the change."""

from __future__ import annotations

#: `Mutant.key`, that is `(file, first changed line before, and after)`, and why it means the same.
REASONS: dict[tuple[str, str, str], str] = {}
