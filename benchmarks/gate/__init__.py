"""The gate in front of every call: its price in process and under gunicorn, and its exactness."""

from benchmarks.gate.measure import figures

__all__ = ["figures"]
