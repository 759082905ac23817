"""Realistic data for tests and screenshots: a partner, and another one beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from accounts.models import Partner, User
from billing.models import LedgerCheck
from tests.factories import PartnerFactory
from tests.seed.alerts import add_alerts
from tests.seed.calls import add_calls
from tests.seed.history import ago, backdate
from tests.seed.images import add_images
from tests.seed.keys import add_keys
from tests.seed.people import add_people, spread_audit
from tests.seed.points import add_points, add_purchases
from tests.seed.shops import add_merchants
from tests.seed.side import Side
from tests.seed.statements import add_statements
from tests.seed.webhooks import deliver_events
from tests.users import create_user

__all__ = ["SeedData", "Side", "build_newcomer", "build_seed_data"]


@dataclass(frozen=True)
class SeedData:
    """Two partners with rows of every kind; no user belongs to both."""

    own: Side
    stranger: Side


def build_seed_data(*, size: int = 20, media: Path | None = None) -> SeedData:
    """`size` scales what there can be many of; pictures are drawn into `media` where it is given.

    A few of its rows are deliberately unfinished, such as a queued deployment. Addresses of
    pictures begin with the setting PUBLIC_URL.
    """
    LedgerCheck.objects.create(ok=True, is_full=False, at=ago(minutes=12))
    own = _build("Meridian Commerce", "meridian.example", size, media)
    return SeedData(own, _build("Stranger Stores", "stranger.example", 4, None))


def build_newcomer() -> User:
    """Create the owner of a partner that has just signed up."""
    partner = PartnerFactory.create(name="Fresh Start", live_approved_at=None)
    user = create_user(partner, email="owner@freshstart.example")
    user.name = "Dev Malhotra"
    user.save()
    return user


def _build(name: str, domain: str, size: int, media: Path | None) -> Side:
    partner = PartnerFactory.create(name=name, requests_per_minute=60, requests_per_day=10_000)
    backdate(Partner, {partner.pk: ago(days=150)}, "created_at", "live_approved_at")
    side = Side(partner, domain, size, Random(name))
    add_people(side)
    add_keys(side)
    add_points(side)
    add_purchases(side)
    add_images(side, media, days=120)
    add_merchants(side)
    deliver_events(side)
    add_alerts(side)
    add_calls(side)
    spread_audit(side)
    add_statements(side)
    return side
