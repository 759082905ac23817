"""A change of one row leaves the rows beside it as they were, also those of the same partner."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.utils import timezone

from accounts.models import (
    Account,
    AlertPreference,
    AutoLoginLink,
    Invitation,
    Member,
    PartnerViewing,
    StaffInvitation,
    User,
)
from accounts.services.alert_settings import set_alert_preferences
from accounts.services.auto_login import revoke_link, revoke_links_of
from accounts.services.invitations import invite_member, resend_invitation, withdraw_invitation
from accounts.services.keys import edit_key, revoke_key
from accounts.services.members import change_role
from accounts.services.partners import rename_partner, set_time_zone
from accounts.services.staff import invite_staff, withdraw_staff_invitation
from accounts.services.users import choose_language, end_all_sessions
from accounts.services.viewings import end_viewing, record_page, start_viewing
from billing.models import Package
from billing.services import cancel_purchase, rename_package
from deployments.models import Website
from deployments.pipeline import run_due
from deployments.services.domains import request_check
from deployments.services.rebuilds import rebuild_site
from deployments.services.site_takedowns import restore_site, take_down_site
from integrations.models import WebhookDelivery, WebhookReceiver
from integrations.services.receivers import enable_receiver
from integrations.services.resending import resend_delivery
from integrations.services.webhooks import cancel_stream
from tests.billing.purchases import buy
from tests.deployments.deployment_fakes import deploy, install_fakes
from tests.factories import Keys, partner_with_keys
from tests.integrations.outbox import add, endpoint_of
from tests.merchants import PartnerServer
from tests.rows import count_changed
from tests.users import create_user


@pytest.fixture
def world(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Keys:
    """Two partners that each have two of everything."""
    install_fakes(monkeypatch)
    for place, made in enumerate((keys, partner_with_keys(name="Other"))):
        partner, server = made.partner, PartnerServer(made.management)
        owner = create_user(partner, "owner")
        for number in (2 * place, 2 * place + 1):
            create_user(partner, "developer")
            invite_member(
                partner=partner,
                email=f"{number}@{partner.pk}.test",
                role=Member.Role.VIEWER,
                inviter=owner,
            )
            account_id = deploy(server, number).website.account_id
            server.put("updateAccount", {"accountId": account_id, "domains": [f"{number}.test"]})
            server.post("generateAutoLoginUrl", {"accountId": account_id})
            buy(partner, "manual")
            add(endpoint_of(partner, f"http://127.0.0.1:9/{number}"), f"stream {number}", "a")
    run_due()
    Website.objects.update(update_at=None, publish_at=timezone.now())
    AlertPreference.objects.bulk_create(
        AlertPreference(partner=each.partner, member=each, kind="low_balance", is_on=True)
        for each in Member.objects.select_related("partner")
    )
    WebhookReceiver.objects.update(disabled_at=timezone.now())
    for name in ("asha", "ravi"):
        staff = User.objects.create_superuser(f"{name}@shopiq.test", None)
        TOTP.activate(staff, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        start_viewing(partner=keys.partner, staff=staff, reason="Ticket 7")
        invite_staff(email=f"new-{name}@shopiq.test", groups=[], inviter=staff, actor="t")
    PartnerViewing.objects.update(ended_at=None)
    return keys


#: What changes, and how many rows of which table.
Changes = dict[str, tuple[Callable[[], object], dict[str, int]]]


def _of_partner(keys: Keys) -> Changes:
    """Change keys, auto-login links and the partner itself."""
    partner = keys.partner
    account = Account.objects.of(partner.pk).latest("pk")
    link = AutoLoginLink.objects.of(partner.pk).exclude(account=account).get()
    return {
        "key": (
            lambda: edit_key(key=keys.key("live"), actor="t", name="New"),
            {"accounts_apikey": 1},
        ),
        "key revoked": (
            lambda: revoke_key(key=keys.key("test"), actor="t"),
            {"accounts_apikey": 1},
        ),
        "link": (
            lambda: revoke_link(link=link, actor="t"),
            {"accounts_autologinlink": 1},
        ),
        "links": (
            lambda: revoke_links_of(account=account, actor="t"),
            {"accounts_autologinlink": 1},
        ),
        "name": (
            lambda: rename_partner(partner=partner, name="Renamed", actor="t"),
            {"accounts_partner": 2},  # and its sandbox
        ),
        "time zone": (
            lambda: set_time_zone(partner=partner, time_zone="Asia/Kolkata", actor="t"),
            {"accounts_partner": 2},
        ),
    }


def _of_people(keys: Keys) -> Changes:
    """Change members, invitations and logins."""
    partner = keys.partner
    owner = User.objects.filter(memberships__partner=partner).earliest("pk")
    member = Member.objects.of(partner.pk).filter(role="developer").earliest("pk")
    last = Invitation.objects.of(partner.pk).latest("pk")
    return {
        "role": (
            lambda: change_role(member=member, role="viewer", actor="t"),
            {"accounts_member": 1},
        ),
        "invitation": (
            lambda: resend_invitation(invitation=last, inviter=owner),
            {"accounts_invitation": 1},
        ),
        "invitation withdrawn": (
            lambda: withdraw_invitation(invitation=last, actor="t"),
            {"accounts_invitation": 1},
        ),
        "language": (
            lambda: choose_language(user=owner, language="hi"),
            {"accounts_user": 1},
        ),
        "sessions": (lambda: end_all_sessions(user=owner), {"accounts_user": 1}),
        "preferences": (
            lambda: set_alert_preferences(
                partner_id=partner.pk, member_id=member.pk, choices={"low_balance": False}
            ),
            {"accounts_alertpreference": 1},
        ),
    }


def _of_staff(keys: Keys) -> Changes:
    """Change what staff have to do with."""
    partner = keys.partner
    viewing = PartnerViewing.objects.earliest("pk")
    return {
        "page": (
            lambda: record_page(viewing=viewing, path="/", query=""),
            {"accounts_partnerviewing": 1},
        ),
        "look ended by another": (
            lambda: start_viewing(partner=partner, staff=viewing.staff, reason="Ticket 8"),
            {"accounts_partnerviewing": 1},
        ),
        "look ended": (
            lambda: end_viewing(viewing=PartnerViewing.objects.latest("pk")),
            {"accounts_partnerviewing": 1},
        ),
        "staff invitation": (
            lambda: withdraw_staff_invitation(
                invitation=StaffInvitation.objects.earliest("pk"), actor="t"
            ),
            {"accounts_staffinvitation": 1},
        ),
        "purchase": (
            lambda: cancel_purchase(purchase=partner.purchases.earliest("pk"), actor="t"),
            {"billing_purchase": 1},
        ),
        "package": (
            lambda: rename_package(
                package=Package.objects.get(pk="pack_5000"), name="N", actor="t"
            ),
            {"billing_package": 1},
        ),
    }


def _of_shops(keys: Keys) -> Changes:
    """Change shops, their domains, receivers and events."""
    partner = keys.partner
    website = Website.objects.of(partner.pk).earliest("pk")
    receiver = WebhookReceiver.objects.of(partner.pk).earliest("pk")
    waiting = WebhookDelivery.objects.of(partner.pk).filter(stream__startswith="stream")
    return {
        "shop taken down": (
            lambda: take_down_site(website=website, reason="Fraud", actor="t"),
            {"deployments_website": 1},
        ),
        "shop restored": (
            lambda: restore_site(website=website, reason="", actor="t"),
            {"deployments_website": 1},
        ),
        "shop built again": (
            lambda: rebuild_site(website=Website.objects.of(partner.pk).latest("pk"), actor="t"),
            {"deployments_website": 1},  # whose due publication the new release makes needless
        ),
        "domain": (lambda: request_check(website=website), {"deployments_sitedomain": 1}),
        "receiver": (
            lambda: enable_receiver(receiver=receiver, actor="t"),
            {"integrations_webhookreceiver": 1},
        ),
        "event": (
            lambda: resend_delivery(delivery=waiting.earliest("pk"), actor="t"),
            {"integrations_webhookdelivery": 1},
        ),
        "stream": (
            lambda: cancel(partner.pk, waiting.latest("pk").stream),
            {"integrations_webhookdelivery": 1},
        ),
    }


GROUPS = (_of_partner, _of_people, _of_staff, _of_shops)


def cancel(partner_id: str, stream: str) -> None:
    with transaction.atomic():
        cancel_stream(partner_id=partner_id, stream=stream)


def test_a_change_leaves_the_rows_beside_it_as_they_were(world: Keys) -> None:
    changes = {name: each for group in GROUPS for name, each in group(world).items()}
    counts = {name: count_changed(change) for name, (change, _) in changes.items()}
    assert counts == {name: expected for name, (_, expected) in changes.items()}
