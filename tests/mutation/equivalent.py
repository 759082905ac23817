"""Mutants that no test can kill, because the code means the same after the change."""

from __future__ import annotations

#: `Mutant.key`, that is `(file, first changed line before, and after)`, and why it means the same.
REASONS: dict[tuple[str, str, str], str] = {
    (
        "imaging/services/statistics.py",
        "if action and mode:",
        "if action or mode:",
    ): "both come from one row of an outer join: there is both or neither",
    (
        "deployments/services/transitions.py",
        'replaced = mine.filter(state=states.REPLACED).exclude(material="")',
        "replaced = mine.filter(state=states.REPLACED).all()",
    ): "what has none is older than what is kept: it would be written again as it is",
}
