"""Signals for the apps above this one."""

from django.dispatch import Signal

#: Sent inside the transaction that deletes an account: `account`.
account_deleting = Signal()
#: Sent inside the transaction that changes an account: `account`.
account_updated = Signal()
#: Sent inside the transaction that deactivates or reactivates a partner: `partner`.
partner_deactivated = Signal()
partner_reactivated = Signal()
#: Sent after a new superuser, or a changed password, is saved: `user`.
superuser_created = Signal()
password_saved = Signal()
#: Sent inside the transaction that raises an alert, or notes that its cause has ended: `alert`.
alert_raised = Signal()
alert_recovered = Signal()
