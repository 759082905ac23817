"""Signals of deployments."""

from django.dispatch import Signal

#: Sent after a commit that created work for the worker.
work_added = Signal()
#: Sent after a commit that changed which domains to check or to serve.
domains_changed = Signal()
