"""Change the prices of calls and packages."""

from __future__ import annotations

from django.db import transaction

from accounts.services.audit import record_audit
from billing.models import OperationPrice, Package


def change_price(*, price: OperationPrice, points: int, actor: str) -> None:
    """Change the price, in hundredths of a point, from the next call on."""
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
    """Change price or availability; the points stay, since unpaid purchases rely on them."""
    given = {"name": name, "price_paise": price_paise, "is_on_sale": is_on_sale}
    with transaction.atomic():
        current = Package.objects.select_for_update().get(pk=package.pk)
        changed = {field: new for field, new in given.items() if getattr(current, field) != new}
        if changed:
            Package.objects.filter(pk=package.pk).update(**changed)
            record_audit(
                partner=None, actor=actor, action="package.changed", target=package.pk, **changed
            )
