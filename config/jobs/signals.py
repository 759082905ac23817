"""Signals from the platform's processes to the apps."""

from django.dispatch import Signal

#: Sent when a web server has ended, after its grace period: `instance` is its id in charges.
web_server_stopped = Signal()
