"""A year of business with forty partners in all states, for screenshots and for trying.

`manage.py fill_scene` runs it. It uses the builders of the seed data and the product's services, in
the order in which things happened as far as documents are numbered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from random import Random

import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import Member, Partner, User
from accounts.services.keys import create_key
from billing.billing_details import BillingDetails
from billing.models import LedgerCheck, LedgerEntry, Package, PointBucket
from billing.services import update_details
from config.admin.permissions import GROUPS
from deployments.models import Deployment
from integrations.models import WebhookDelivery
from tests.factories import PartnerFactory, bucket
from tests.seed.business import Order, carry_out
from tests.seed.calls import add_calls
from tests.seed.companies import COMPANIES, PEOPLE, Company
from tests.seed.decisions import Business, add_failed_mail, add_provider_costs, decide
from tests.seed.history import ago, as_of, backdate
from tests.seed.images import add_images
from tests.seed.keys import add_keys, end_usage_of_ended_keys
from tests.seed.payouts import add_payouts
from tests.seed.people import add_people, spread_audit
from tests.seed.requests import add_requests, add_transfers
from tests.seed.shops import add_merchants
from tests.seed.side import Side
from tests.seed.webhooks import deliver_events
from tests.usage_data import fill_usage
from tests.users import create_user

#: Kind → how many partners are of it. `busy` ones have a year behind them.
KINDS = {
    "busy": 18,
    "near zero": 3,
    "disputed": 3,
    "indebted": 2,
    "flagged": 2,
    "failing": 2,
    "inactive": 3,
    "asking": 4,
    "declined": 2,
    "new": 1,
}
#: Who records and books transfers: see `tests.billing.approvals`.
_BOOKERS = ("asha@shopiq.test", "ravi@shopiq.test")
_YOUNG = {"asking", "declined", "new"}
#: Of usage by key and day, which has the most rows.
_DAYS_OF_MOST = 60
Note = Callable[[str], None]


def build_year(
    *, password: str, media: Path, kinds: Mapping[str, int] = KINDS, note: Note = lambda _: None
) -> None:
    """Fill an installation without partners of these names; pictures are drawn into `media`."""
    chance = Random(7)
    staff = _add_staff(password)
    businesses = [_found(*each, chance) for each in _companies(kinds)]
    note("partners, people and keys")
    _buy(businesses, chance)
    note("purchases")
    for business in businesses:
        _work(business, media)
    note("images, shops, webhooks and requests")
    add_requests([each.side for each in businesses if each.kind == "busy"], staff)
    add_transfers(staff)
    for business in businesses:
        decide(business, staff)
    add_payouts()
    add_failed_mail()
    add_provider_costs()
    LedgerCheck.objects.create(ok=True, is_full=False, at=ago(minutes=12))
    _set_passwords(businesses, password)
    note("decisions of staff")


def _companies(kinds: Mapping[str, int]) -> Iterable[tuple[Company, str]]:
    wanted = [kind for kind, number in kinds.items() for _ in range(number)]
    return zip(COMPANIES, wanted, strict=False)


def _add_staff(password: str) -> dict[str, User]:
    """One staff member of each group, such as support@shopiq.example."""
    staff = {}
    for group in GROUPS:
        user = User.objects.create_verified_user(
            f"{group}@shopiq.example", None, name=f"{group.capitalize()} desk", is_staff=True
        )
        user.groups.add(Group.objects.get(name=group))
        staff[group] = user
    for name in _BOOKERS:
        user = User.objects.create_verified_user(name, None, is_staff=True)
        user.groups.add(Group.objects.get(name="finance"))
    User.objects.filter(email__endswith="@shopiq.example").update(password=make_password(password))
    return staff


def _found(company: Company, kind: str, chance: Random) -> Business:
    days = chance.randint(2, 20) if kind in _YOUNG else chance.randint(130, 360)
    at = ago(days=days)
    with as_of(at):
        partner = PartnerFactory.create(
            time_zone="Asia/Kolkata",
            name=company.name,
            requests_per_minute=chance.choice((60, 60, 120, 300)),
            requests_per_day=chance.choice((10_000, 10_000, 50_000)),
        )
    backdate(Partner, {partner.pk: at}, "created_at", "live_approved_at")
    side = Side(partner, company.domain, chance.randint(4, 10), Random(company.name))
    business = Business(company, kind, side.size, days, side)
    if kind in _YOUNG:
        _found_young(business)
    else:
        add_people(side)
        # The password alone signs owners in.
        Authenticator.objects.filter(user=side.owner).delete()
        add_keys(side)
        _describe(business)
        _give(business, 500 if kind == "indebted" else 12_000 + 200 * side.size)
    _rename_people(side, chance)
    return business


def _found_young(business: Business) -> None:
    side = business.side
    Partner.objects.filter(pk=side.partner.pk).update(live_approved_at=None)
    side.partner.refresh_from_db()
    side.people["owner"] = create_user(side.partner, email=f"owner@{side.domain}")
    if business.kind != "new":
        made = create_key(partner=side.partner, environment="test", actor=side.owner.email)
        side.keys["Default"] = made.key


def _rename_people(side: Side, chance: Random) -> None:
    names = chance.sample(PEOPLE, len(side.people))
    for name, user in zip(names, side.people.values(), strict=True):
        user.name = name
        user.save(update_fields=["name"])


def _describe(business: Business) -> None:
    """The smallest are below the turnover from which GST has to be registered for."""
    company, side = business.company, business.side
    details = BillingDetails(
        legal_name=f"{company.name} Private Limited",
        email=f"accounts@{company.domain}",
        address=f"{side.size * 7} Station Road",
        city=company.city,
        state_code=company.state_code,
        gstin="" if side.size < 6 else company.gstin,
    )
    update_details(partner=side.partner, details=details, actor=side.owner.email)


def _give(business: Business, points: int) -> None:
    """Points to begin with, from the day on which the partner was approved."""
    at = ago(days=business.days - 1)
    with as_of(at):
        gift = bucket(business.side.partner, points)
    backdate(PointBucket, {gift.pk: at}, "purchased_at")
    backdate(LedgerEntry, {gift.pk: at}, "created_at", by="bucket_id")


def _buy(businesses: list[Business], chance: Random) -> None:
    """Every month or two, in the order of time: invoices are numbered by it."""
    orders: list[Order] = []
    for business in businesses:
        if business.kind in _YOUNG or business.kind == "near zero":
            continue
        orders += _orders_of(business, chance)
    for order in sorted(orders, key=lambda order: order.at):
        with time_machine.travel(order.at, tick=True):
            carry_out(order)


def _orders_of(business: Business, chance: Random) -> Iterable[Order]:
    at, ends = ago(days=business.days - 3), ["paid"]
    while at < ago(days=2):
        yield Order(
            partner=business.side.partner,
            actor=business.side.owner.email,
            at=at,
            package=_package(business, chance),
            gateway=chance.choice(("razorpay", "razorpay", "sandbox", "manual")),
            end=ends[-1],
        )
        at += timedelta(days=chance.uniform(25, 70))
        ends.append(chance.choice(("paid",) * 8 + ("failed", "cancelled", "expired")))
    yield Order(
        partner=business.side.partner,
        actor=business.side.owner.email,
        at=ago(hours=chance.uniform(1, 40)),
        package=Package.objects.get(pk="pack_5000"),
        gateway="razorpay" if business.kind == "flagged" else "manual",
        end="flagged" if business.kind == "flagged" else "waiting",
    )


def _package(business: Business, chance: Random) -> Package:
    codes = ("pack_5000",) if business.size < 6 else ("pack_5000", "pack_25000", "pack_100000")
    return Package.objects.get(pk=chance.choice(codes))


def _work(business: Business, media: Path) -> None:
    side = business.side
    if business.kind in _YOUNG:
        fill_usage(side.partner, days=business.days, seed=business.size)
        return
    add_images(side, media)
    if business.has_shops:
        add_merchants(side)
        deliver_events(side)
        _postpone(side.partner)
    add_calls(side)
    days = business.days if business.size > 8 else min(business.days, _DAYS_OF_MOST)
    fill_usage(side.partner, days=days, seed=business.size)
    end_usage_of_ended_keys(side)
    spread_audit(side)


def _postpone(partner: Partner) -> None:
    """Keep what is unfinished from the worker: no one listens at these addresses."""
    later = ago(days=-30)
    Deployment.objects.of(partner.pk).running().update(due_at=later)
    pending = WebhookDelivery.objects.of(partner.pk).pending()
    pending.exclude(due_at=None).update(due_at=later)


def _set_passwords(businesses: list[Business], password: str) -> None:
    people = Member.objects.of_all().filter(
        partner__in=[business.side.partner for business in businesses]
    )
    users = User.objects.filter(pk__in=people.values("user"))
    users.update(password=make_password(password))
