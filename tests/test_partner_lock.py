"""What changes a partner's rows waits for the others that do, behind the lock on the partner."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections, transaction

from accounts.models import Member
from accounts.services.invitations import invite_member, withdraw_invitation
from accounts.services.keys import edit_key
from accounts.services.locks import lock_partner
from accounts.services.members import change_role
from billing.services.alerts import set_alert_thresholds
from imaging.services.decode_failures import record_failure
from integrations.models import WebhookDelivery
from integrations.services.resending import resend_delivery, resend_failed
from tests.concurrency import is_awaited
from tests.factories import Keys
from tests.integrations.outbox import add, endpoint_of
from tests.users import create_user


def waits(keys: Keys, change: Callable[[], object]) -> bool:
    """Return whether `change` waits for the end of a transaction that has locked the partner."""

    def run() -> None:
        try:
            change()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            lock_partner(keys.partner.pk)
            result = thread.submit(run)
            while not (result.done() or is_awaited()):
                time.sleep(0.02)
            waited = not result.done()
        result.result()
    return waited


def test_changes_wait_for_each_other(keys: Keys) -> None:
    partner, endpoint = keys.partner, endpoint_of(keys.partner)
    owner, user = create_user(partner, "owner"), create_user(partner, "developer")
    member = Member.objects.get(user=user)
    add(endpoint, "s", "a")
    delivery = WebhookDelivery.objects.get()
    invitation = invite_member(
        partner=partner, email="new@example.com", role=Member.Role.VIEWER, inviter=owner
    )
    changes: dict[str, Callable[[], object]] = {
        "key": lambda: edit_key(key=keys.key("live"), actor="t", name="New"),
        "role": lambda: change_role(member=member, role="viewer", actor="t"),
        "invitation": lambda: withdraw_invitation(invitation=invitation, actor="t"),
        "alerts": lambda: set_alert_thresholds(partner=partner, thresholds=[100], actor="t"),
        "failure": lambda: record_failure(partner_id=partner.pk),
        "event": lambda: resend_delivery(delivery=delivery, actor="t"),
        "events": lambda: resend_failed(
            partner=partner, deliveries=WebhookDelivery.objects.all(), actor="t"
        ),
    }
    assert [name for name, change in changes.items() if not waits(keys, change)] == []
