"""What changes a partner's rows waits for the others that do, behind the lock on the partner."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import AutoLoginLink, Member
from accounts.services.alert_settings import set_alert_limits, set_alert_preferences
from accounts.services.auto_login import revoke_link, revoke_links_of
from accounts.services.invitations import (
    invite_member,
    resend_invitation,
    withdraw_invitation,
)
from accounts.services.keys import edit_key
from accounts.services.locks import lock_partner
from accounts.services.members import change_role, set_second_factor_rule
from billing.billing_details import BillingDetails
from billing.models import Package
from billing.services import Operator, cancel_purchase, grant_package, update_details
from billing.services.alerts import set_alert_thresholds
from imaging.services.decode_failures import record_failure
from integrations.models import WebhookDelivery
from integrations.services.resending import resend_delivery, resend_failed
from tests.billing.purchases import buy
from tests.concurrency import waits_for
from tests.factories import Keys
from tests.integrations.outbox import add, endpoint_of
from tests.merchants import PartnerServer
from tests.users import create_user


def test_changes_wait_for_each_other(keys: Keys) -> None:
    partner, endpoint = keys.partner, endpoint_of(keys.partner)
    owner, user = create_user(partner, "owner"), create_user(partner, "developer")
    member = Member.objects.get(user=user)
    add(endpoint, "s", "a")
    delivery = WebhookDelivery.objects.get()
    invitation = invite_member(
        partner=partner, email="new@example.com", role=Member.Role.VIEWER, inviter=owner
    )
    server = PartnerServer(keys.management)
    server.post("generateAutoLoginUrl", {"accountId": server.create()})
    link = AutoLoginLink.objects.get()
    purchase, package = buy(partner), Package.objects.get(code="pack_5000")
    changes: dict[str, Callable[[], object]] = {
        "key": lambda: edit_key(key=keys.key("live"), actor="t", name="New"),
        "role": lambda: change_role(member=member, role="viewer", actor="t"),
        "invitation again": lambda: resend_invitation(invitation=invitation, inviter=owner),
        "invitation": lambda: withdraw_invitation(invitation=invitation, actor="t"),
        "second factor": lambda: set_second_factor_rule(
            partner=partner, required=False, owner=owner
        ),
        "link": lambda: revoke_link(link=link, actor="t"),
        "links": lambda: revoke_links_of(account=link.account, actor="t"),
        "preferences": lambda: set_alert_preferences(
            partner_id=partner.pk, member_id="", choices={"low_balance": False}
        ),
        "limits": lambda: set_alert_limits(partner=partner, limits={}, actor="t"),
        "alerts": lambda: set_alert_thresholds(partner=partner, thresholds=[100], actor="t"),
        "points": lambda: grant_package(partner=partner, package=package, operator=Operator("t")),
        "details": lambda: update_details(partner=partner, details=BillingDetails(), actor="t"),
        "purchase": lambda: cancel_purchase(purchase=purchase, actor="t"),
        "failure": lambda: record_failure(partner_id=partner.pk),
        "event": lambda: resend_delivery(delivery=delivery, actor="t"),
        "events": lambda: resend_failed(
            partner=partner, deliveries=WebhookDelivery.objects.all(), actor="t"
        ),
    }

    def lock() -> None:
        lock_partner(partner.pk)

    assert [name for name, change in changes.items() if not waits_for(lock, change)] == []
