"""Delivering webhooks: how many in a second, and how soon the first attempt begins."""

from benchmarks.webhooks.measure import figures

__all__ = ["figures"]
