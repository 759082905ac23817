"""The partners of a scene: their people, keys, billing details, and points to begin with."""

from __future__ import annotations

from random import Random

from allauth.mfa.models import Authenticator

from accounts.models import ApiKey, Partner
from accounts.services.keys import create_key
from billing.billing_details import BillingDetails
from billing.models import LedgerEntry, PointBucket
from billing.services import update_details
from tests.factories import PartnerFactory, bucket
from tests.seed.companies import PEOPLE, Company
from tests.seed.decisions import Business
from tests.seed.history import ago, as_of, backdate
from tests.seed.keys import add_keys
from tests.seed.people import add_people
from tests.seed.side import Side
from tests.users import create_user

YOUNG = {"asking", "declined", "new"}
#: Of image requests, of which there are the most rows.
_DAYS_OF_MOST = 60


def found(company: Company, kind: str, chance: Random) -> Business:
    days = chance.randint(2, 20) if kind in YOUNG else chance.randint(130, 360)
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
    if kind in YOUNG:
        _found_young(business)
    else:
        add_people(side)
        # The password alone signs owners in.
        Authenticator.objects.filter(user=side.owner).delete()
        add_keys(side)
        _describe(business)
        first = [side.keys[name].pk for name in ("Storefront", "Back office")]
        backdate(ApiKey, dict.fromkeys(first, ago(days=days - 1)), "created_at")
        _give(business, _gift(business))
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
        backdate(ApiKey, {made.key.pk: ago(days=business.days)}, "created_at")


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


def _gift(business: Business) -> int:
    """Return hundredths of a point: those who never buy get what they use, less a little."""
    match business.kind:
        case "near zero":
            return 1_000 * business.size * days_of_use(business)
        case "indebted":
            return 500
    return 12_000 + 200 * business.size


def days_of_use(business: Business) -> int:
    return business.days if business.size > 8 else min(business.days, _DAYS_OF_MOST)
