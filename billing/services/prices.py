"""The price list: what a call costs, and what packages are on sale at what price."""

from __future__ import annotations

from django.db import transaction

from accounts.services.audit import record_audit
from billing.models import OperationPrice, Package


def change_price(*, price: OperationPrice, points: int, actor: str) -> None:
    """`points` are hundredths; the next call is charged them."""
    with transaction.atomic():
        current = OperationPrice.objects.select_for_update().get(pk=price.pk)
        if current.points == points:
            return
        current.points = points
        current.save(update_fields=["points"])
        record_audit(
            partner=None, actor=actor, action="price.changed", target=str(price.pk), points=points
        )


def change_package(
    *, package: Package, name: str, price_paise: int, is_on_sale: bool, actor: str
) -> None:
    """What it holds stays: purchases of it that wait for their payment count on that."""
    given = {"name": name, "price_paise": price_paise, "is_on_sale": is_on_sale}
    with transaction.atomic():
        current = Package.objects.select_for_update().get(pk=package.pk)
        changed = {field: new for field, new in given.items() if getattr(current, field) != new}
        if changed:
            Package.objects.filter(pk=package.pk).update(**changed)
            record_audit(
                partner=None, actor=actor, action="package.changed", target=package.pk, **changed
            )
