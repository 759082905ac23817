"""Signals for the apps above this one."""

from django.dispatch import Signal

#: Sent inside the transaction that deletes an account: `account`.
account_deleting = Signal()
