"""What other apps may want to know; accounts itself asks nobody."""

from django.dispatch import Signal

#: Sent inside the transaction that deletes an account: `account`.
account_deleting = Signal()
