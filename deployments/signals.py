"""What deployments announces to its own upper layers."""

from django.dispatch import Signal

#: Sent after a commit that left work for the worker.
work_added = Signal()
