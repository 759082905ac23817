"""What changes a row reads it under its lock, so that it sees what others have just changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.clients import ClientInfo
from accounts.models import Account, Member, StaffInvitation, User
from accounts.services.accounts import update_account
from accounts.services.sandbox_accounts import delete_old_test_accounts
from accounts.services.sign_ups import delete_unconfirmed_sign_ups, reject_address
from accounts.services.staff import accept_staff_invitation, invite_staff, set_staff_groups
from accounts.services.staff_actions import Staff
from accounts.services.staff_revocations import sign_out_members
from billing.models import Package
from billing.services import schedule_package_price
from deployments.models import Deployment
from deployments.services.site_takedowns import take_down_site
from imaging.models import ImageOperation
from imaging.services import announce_slow_tests
from imaging.services.announcements import announce_end
from integrations.models import Integration, WebhookDelivery, WebhookReceiver
from integrations.services.connections import connect_integration
from integrations.services.receivers import disable_failing_receivers
from tests.billing.operations import admission_of, start_test
from tests.concurrency import run_beside, waits_to_read
from tests.deployments.deployment_fakes import deploy
from tests.factories import Keys
from tests.integrations.outbox import add, claim_one, endpoint_of, finish, let_time_pass
from tests.merchants import PartnerServer
from tests.users import create_user

pytestmark = pytest.mark.usefixtures("price_list")

CLIENT = ClientInfo("127.0.0.1", "")
Change = tuple[QuerySet[Any], Callable[[], object]]


def account(keys: Keys) -> Change:
    account_id = PartnerServer(keys.management).create()
    return Account.objects.all(), partial(
        update_account,
        account_id=account_id,
        admission=admission_of(keys, "management"),
        values={"externalId": "new"},
    )


def old_test_account(keys: Keys) -> Change:
    PartnerServer(keys.management_test).create()
    Account.objects.update(updated_at=timezone.now() - timedelta(days=91))
    return Account.objects.all(), delete_old_test_accounts


def account_with_a_shop(keys: Keys) -> Change:
    server = PartnerServer(keys.management)
    account_id = deploy(server).website.account_id
    return Deployment.objects.all(), lambda: server.delete(f"deleteAccount?accountId={account_id}")


def shop(keys: Keys) -> Change:
    website = deploy(PartnerServer(keys.management)).website
    take_down = partial(take_down_site, website=website, reason="Counterfeits", actor="t")
    return Deployment.objects.all(), take_down


def account_of_a_shop(keys: Keys) -> Change:
    """Accounts without a shop, which matter to no one, come before and after it."""
    server = PartnerServer(keys.management)
    server.create(1)
    website = deploy(server).website
    server.create(2)
    rows = Account.objects.filter(pk=website.account_id)
    return rows, partial(take_down_site, website=website, reason="Counterfeits", actor="t")


def sign_up() -> User:
    user = create_user(None)
    User.objects.update(date_joined=timezone.now() - timedelta(days=8))
    EmailAddress.objects.update(verified=False)
    return user


def rejected_address(keys: Keys) -> Change:
    user = sign_up()
    address = EmailAddress.objects.get(user=user)
    return User.objects.all(), partial(reject_address, address=address, client=CLIENT)


def unconfirmed_sign_up(keys: Keys) -> Change:
    user = sign_up()
    user.memberships.create(partner=keys.partner, role="owner")
    return User.objects.all(), delete_unconfirmed_sign_ups


def staff_invitation(keys: Keys) -> Change:
    link = invite_staff(email="asha@shopiq.test", groups=[], inviter=None, actor="t")
    accept = partial(
        accept_staff_invitation,
        token=link.rstrip("/").rpartition("/")[2],
        user=create_user(None, email="asha@shopiq.test"),
        client=CLIENT,
    )
    return StaffInvitation.objects.all(), accept


def groups_of_staff(keys: Keys) -> Change:
    by, user = (User.objects.create_superuser(f"{name}@shopiq.test", None) for name in "ab")
    change = partial(set_staff_groups, user=user, groups=["support"], by=by, staff=Staff("a"))
    return User.objects.filter(pk=user.pk), change


def price_of_a_package(keys: Keys) -> Change:
    package = Package.objects.get(pk="pack_5000")
    change = partial(schedule_package_price, package=package, price_paise=600_000, actor="t")
    return Package.objects.filter(pk=package.pk), change


def account_to_connect(keys: Keys) -> Change:
    account_id = PartnerServer(keys.management).create()
    return Account.objects.all(), partial(
        connect_integration,
        admission=admission_of(keys, "management"),
        account_id=account_id,
        integration=Integration.objects.get(name="yourIntegration"),
        credentials={"apiKey": "k", "userId": "u"},
    )


def slow_test_call(keys: Keys) -> Change:
    """The later of two, of which the other was announced."""
    first, second = (start_test(keys) for _ in range(2))
    ImageOperation.objects.update(
        endpoint=endpoint_of(keys.partner), test_ends_at=timezone.now() - timedelta(minutes=1)
    )
    announce_end(partner_id=keys.partner.pk, operation_id=min(first.id, second.id))
    return ImageOperation.objects.filter(pk=max(first.id, second.id)), announce_slow_tests


def next_event_of_a_stream(keys: Keys) -> Change:
    endpoint = endpoint_of(keys.partner)
    add(endpoint, "s", "a")
    return WebhookDelivery.objects.all(), partial(add, endpoint, "s", "b")


def receiver_to_disable(keys: Keys) -> Change:
    add(endpoint_of(keys.partner), "s", "a")
    for _ in range(5):
        finish(claim_one(), 500)
        let_time_pass()
    WebhookReceiver.objects.update(failing_since=timezone.now() - timedelta(days=6))
    return WebhookDelivery.objects.all(), disable_failing_receivers


@pytest.mark.parametrize(
    "prepare",
    [
        account,
        old_test_account,
        account_with_a_shop,
        shop,
        account_of_a_shop,
        rejected_address,
        unconfirmed_sign_up,
        staff_invitation,
        groups_of_staff,
        price_of_a_package,
        account_to_connect,
        slow_test_call,
        next_event_of_a_stream,
        receiver_to_disable,
    ],
)
def test_a_row_is_read_under_its_lock(keys: Keys, prepare: Callable[[Keys], Change]) -> None:
    rows, change = prepare(keys)
    assert waits_to_read(rows, change)


def lock_in_no_time(user: User) -> int:
    """Lock the user, which fails if another transaction holds them."""
    with transaction.atomic():
        return len(User.objects.filter(pk=user.pk).select_for_update(nowait=True))


def test_people_are_locked_in_the_order_of_their_keys(live_db: None) -> None:
    """Else two people who change each other at once would wait for each other."""
    later = User.objects.create_superuser("later@shopiq.test", None)
    first = User(pk=later.pk - 1, email="first@shopiq.test", is_staff=True, is_superuser=True)
    first.save(force_insert=True)
    assert Group.objects.filter(name="support").exists()

    def change() -> None:
        set_staff_groups(user=later, groups=["support"], by=first, staff=Staff("first"))

    def while_the_change_waits() -> None:
        assert run_beside(partial(lock_in_no_time, later)) == 1

    assert waits_to_read(User.objects.filter(pk=first.pk), change, meanwhile=while_the_change_waits)


def test_members_are_signed_out_in_the_order_of_their_keys(keys: Keys) -> None:
    """Else signing out two companies with members in common could wait for each other."""
    later = create_user(None)
    first = User(pk=later.pk - 1, email="first@example.com")
    first.save(force_insert=True)
    for user in (later, first):
        Member.objects.create(partner=keys.partner, user=user, role="owner")
    free: list[int] = []

    def change() -> None:
        with connection.cursor() as cursor:  # as PostgreSQL may choose at any time
            for way in ("indexscan", "indexonlyscan", "bitmapscan", "mergejoin"):
                cursor.execute(f"SET enable_{way} = off")
        sign_out_members(partner=keys.partner, reason="r", staff=Staff("a"))

    def while_the_change_waits() -> None:
        free.append(run_beside(partial(lock_in_no_time, later)))

    waits_to_read(User.objects.filter(pk=first.pk), change, meanwhile=while_the_change_waits)
    assert free == [1]
