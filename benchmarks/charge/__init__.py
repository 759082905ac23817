"""Charging a hot partner: against what PostgreSQL can do at all, and against plain ORM code."""

from benchmarks.charge.measure import figures

__all__ = ["figures"]
