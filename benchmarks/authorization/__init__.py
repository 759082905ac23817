"""The authorization of calls: its cost in process and under gunicorn, and its exactness."""

from benchmarks.authorization.measure import figures

__all__ = ["figures"]
