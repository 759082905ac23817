"""Charge a busy partner: beside the least that PostgreSQL can do, and beside plain ORM code."""

from benchmarks.charge.measure import figures

__all__ = ["figures"]
