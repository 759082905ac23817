"""Schedule and withdraw the prices of calls and packages.

A price starts at least a minute from now: its row is committed before it starts, so that no call
or order is priced differently than the rows tell afterwards.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.services.audit import record_audit
from billing.models import OperationPrice, Package, PackagePrice, Tier
from config.db.clock import database_now

NOTICE = timedelta(minutes=1)


class PriceRefused(Exception):
    """The message says why, in a sentence for staff."""


def schedule_price(
    *,
    tier: Tier,
    action: str,
    mode: str,
    points: int,
    actor: str,
    starts_at: datetime | None = None,
) -> OperationPrice:
    """Set the price of calls, in hundredths of a point, from a time on; by default in a minute.

    Raises `PriceRefused`.
    """
    with transaction.atomic():
        Tier.objects.select_for_update().get(pk=tier.pk)
        start = _start(starts_at)
        rows = OperationPrice.objects.filter(tier=tier, action=action, mode=mode)
        current = rows.started(start).order_by("-starts_at").first()
        if current and (current.points == points or current.starts_at == start):
            _refuse_again(is_same=current.points == points)
        price = OperationPrice.objects.create(
            tier=tier, action=action, mode=mode, points=points, starts_at=start
        )
        record_audit(
            partner=None,
            actor=actor,
            action="price.changed",
            target=f"{tier.pk} {action} {mode}",
            points=points,
            starts_at=_iso(start),
        )
    return price


def withdraw_price(*, price: OperationPrice, actor: str) -> None:
    """Delete a price that has not started. Raises `PriceRefused`."""
    with transaction.atomic():
        _check_withdrawable(price.starts_at)
        price.delete()
        record_audit(
            partner=None,
            actor=actor,
            action="price.withdrawn",
            target=f"{price.tier_id} {price.action} {price.mode}",
            points=price.points,
            starts_at=_iso(price.starts_at),
        )


def add_package(
    *,
    code: str,
    name: str,
    tier: Tier,
    points: int,
    price_paise: int,
    actor: str,
    starts_at: datetime | None = None,
) -> None:
    """Sell a new package from a time on. Raises `PriceRefused`."""
    with transaction.atomic():
        package = Package.objects.create(code=code, name=name, tier=tier, points=points)
        record_audit(
            partner=None,
            actor=actor,
            action="package.added",
            target=code,
            name=name,
            tier=tier.pk,
            points=points,
        )
        schedule_package_price(
            package=package, price_paise=price_paise, actor=actor, starts_at=starts_at
        )


def rename_package(*, package: Package, name: str, actor: str) -> None:
    """Change the name of later orders; the points never change, since orders rely on them."""
    with transaction.atomic():
        current = Package.objects.select_for_update().get(pk=package.pk)
        if current.name != name:
            Package.objects.filter(pk=package.pk).update(name=name)
            record_audit(
                partner=None, actor=actor, action="package.changed", target=package.pk, name=name
            )


def schedule_package_price(
    *,
    package: Package,
    price_paise: int,
    actor: str,
    is_on_sale: bool = True,
    starts_at: datetime | None = None,
) -> PackagePrice:
    """Set what new orders of a package cost, and whether it is sold, from a time on.

    Raises `PriceRefused`.
    """
    given: dict[str, Any] = {"price_paise": price_paise, "is_on_sale": is_on_sale}
    with transaction.atomic():
        Package.objects.select_for_update().get(pk=package.pk)
        start = _start(starts_at)
        rows = PackagePrice.objects.filter(package=package, starts_at__lte=start)
        current = rows.order_by("-starts_at").first()
        is_same = current is not None and all(
            getattr(current, name) == value for name, value in given.items()
        )
        if current and (is_same or current.starts_at == start):
            _refuse_again(is_same=is_same)
        price = PackagePrice.objects.create(package=package, starts_at=start, **given)
        record_audit(
            partner=None,
            actor=actor,
            action="package.changed",
            target=package.pk,
            starts_at=_iso(start),
            **given,
        )
    return price


def withdraw_package_price(*, price: PackagePrice, actor: str) -> None:
    """Delete a price that has not started. Raises `PriceRefused`."""
    with transaction.atomic():
        _check_withdrawable(price.starts_at)
        price.delete()
        record_audit(
            partner=None,
            actor=actor,
            action="price.withdrawn",
            target=price.package_id,
            price_paise=price.price_paise,
            starts_at=_iso(price.starts_at),
        )


def _start(given: datetime | None) -> datetime:
    """Return when a price starts: as given, or at the first full minute after the notice."""
    if given is None:
        earliest = database_now() + NOTICE
        return earliest.replace(second=0, microsecond=0) + timedelta(minutes=1)
    if given < database_now() + NOTICE:
        raise PriceRefused("A price starts at least a minute from now.")
    return given


def _check_withdrawable(starts_at: datetime) -> None:
    if starts_at < database_now() + NOTICE:
        raise PriceRefused("This price has started, or starts within a minute.")


def _refuse_again(*, is_same: bool) -> None:
    if is_same:
        raise PriceRefused("This is already the price at that time.")
    raise PriceRefused("Another price starts at the same time.")


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
