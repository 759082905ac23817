"""Deliver webhooks: how many per second, and how soon the first attempt starts."""

from benchmarks.webhooks.measure import figures

__all__ = ["figures"]
