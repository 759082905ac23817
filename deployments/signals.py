"""Signals of deployments."""

from django.dispatch import Signal

#: Sent after a commit that created work for the worker.
work_added = Signal()
