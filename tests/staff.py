"""Staff for tests of the admin, and rows for its lists."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import count

from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey, Member, Partner, RequestLog, User
from accounts.services.audit import record_audit
from billing.models import Charge, DailyUsage, LedgerCheck, LedgerEntry
from billing.services import set_alert_thresholds
from imaging.models import ImageOperation
from tests.billing.purchases import buy, settle
from tests.factories import bucket, partner_with_keys
from tests.users import browser_of

_numbers = count(1)


def superuser(email: str = "root@shopiq.test") -> Client:
    """Return a client of a superuser."""
    return _signed_in(User.objects.create_superuser(email, None))


def staff_with(*permissions: str, email: str = "staff@shopiq.test") -> Client:
    """Return a client of a staff member with exactly these permissions, such as
    "accounts.view_apikey"."""
    user = User.objects.create_user(email, None, is_staff=True)
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    return _signed_in(user)


def in_group(group: str, email: str = "") -> Client:
    """Return a client of a member of one of the staff groups."""
    user = User.objects.create_verified_user(email or f"{group}@shopiq.test", None, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return _signed_in(user)


def _signed_in(user: User) -> Client:
    now = int(time.time())
    return browser_of(user, staff_since=now, staff_seen=now)  # as if in use


def member(partner: Partner, email: str | None = None) -> User:
    """Create a member who can see the partner's dashboard."""
    user = User.objects.create_user(email or f"member{next(_numbers)}@shopiq.test", None)
    Member.objects.create(partner=partner, user=user, role=Member.Role.OWNER)
    return user


def business() -> Partner:
    """Create a partner with a row in every table that the admin lists."""
    partner = partner_with_keys().partner
    key = partner.api_keys.get(environment="live")
    charge = _charge(partner, key)
    _operation(partner, key, charge)
    member(partner)
    purchase = buy(partner)
    settle(purchase, f"pay_{purchase.pk}")
    set_alert_thresholds(partner=partner, thresholds=[100], actor="test")
    DailyUsage.objects.create(
        partner=partner, key=key, day=timezone.now(), action="create", mode="fast", points=800
    )
    LedgerCheck.objects.create(ok=True, buckets=1)
    record_audit(partner=partner, actor="test", action="partner.renamed")
    RequestLog.objects.create(
        at=timezone.now(),
        partner=partner,
        key=key,
        request_id=f"request-{next(_numbers)}",
        method="POST",
        path="/partner/v1/image/create",
        status=200,
        milliseconds=7,
    )
    return partner


def _charge(partner: Partner, key: ApiKey) -> Charge:
    source = bucket(partner, 100_000)
    now = timezone.now()
    charge = Charge.objects.create(
        partner=partner,
        key=key,
        action="create",
        mode="fast",
        tier_id="starter",
        cost=800,
        fast_cost=800,
        lease_until=now + timedelta(minutes=3),
        created_at=now,
    )
    LedgerEntry.objects.create(
        id=f"{charge.pk[:21]}000",
        partner=partner,
        bucket=source,
        operation=charge,
        kind=LedgerEntry.Kind.CHARGE,
        points=-800,
        created_at=now,
    )
    return charge


def _operation(partner: Partner, key: ApiKey, charge: Charge) -> ImageOperation:
    return ImageOperation.objects.create(
        id=charge.id,
        partner=partner,
        key=key,
        charge=charge,
        action="create",
        requested_mode="fast",
        mode="fast",
        aspect_ratio="1:1",
        resolution="1k",
        created_at=charge.created_at,
    )
