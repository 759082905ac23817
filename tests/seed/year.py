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
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts.models import Member, Partner, User
from billing.models import LedgerCheck, Package
from config.admin.permissions import GROUPS
from deployments.models import Deployment
from integrations.models import WebhookDelivery
from tests.seed.business import Order, carry_out
from tests.seed.calls import add_calls
from tests.seed.companies import COMPANIES, Company
from tests.seed.decisions import Business, add_failed_mail, add_provider_costs, decide
from tests.seed.founding import YOUNG, days_of_use, found
from tests.seed.history import ago
from tests.seed.images import add_images
from tests.seed.payouts import add_payouts
from tests.seed.people import spread_audit
from tests.seed.requests import add_requests, add_transfers
from tests.seed.shops import add_merchants
from tests.seed.webhooks import deliver_events

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
Note = Callable[[str], None]


def build_year(
    *, password: str, media: Path, kinds: Mapping[str, int] = KINDS, note: Note = lambda _: None
) -> None:
    """Fill an installation without partners of these names; pictures are drawn into `media`."""
    chance = Random(7)
    staff = _add_staff(password)
    businesses = [found(*each, chance) for each in _companies(kinds)]
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


def _buy(businesses: list[Business], chance: Random) -> None:
    """Every month or two, in the order of time: invoices are numbered by it."""
    orders: list[Order] = []
    for business in businesses:
        if business.kind in YOUNG or business.kind == "near zero":
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
    if business.kind in YOUNG:
        add_images(side, media, days=business.days, seed=business.size)
        return
    add_images(side, media, days=days_of_use(business), seed=business.size)
    if business.has_shops:
        add_merchants(side)
        deliver_events(side)
        _postpone(side.partner)
    add_calls(side)
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
