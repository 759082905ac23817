from datetime import UTC, datetime
from typing import Any

from django.db import migrations

from config.db.functions import create_functions

# The price list of the API documentation (Image API Pricing Tiers), in hundredths of a point and in
# paise.
#: Before every purchase.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
TIERS = {
    "starter": {"fast": 800, "thinking": 1500},
    "growth": {"fast": 725, "thinking": 1400},
    "scale": {"fast": 600, "thinking": 1100},
}
PACKAGES = [
    ("pack_5000", "Starter", "starter", 5_000),
    ("pack_25000", "Growth", "growth", 25_000),
    ("pack_100000", "Scale", "scale", 100_000),
]

_TRIGGER = """
    CREATE TRIGGER never_changed BEFORE INSERT OR UPDATE OR DELETE ON {}
    FOR EACH ROW EXECUTE FUNCTION billing_guard_price()
"""


def add_prices(apps: Any, schema_editor: Any) -> None:
    tier_model = apps.get_model("billing", "Tier")
    price_model = apps.get_model("billing", "OperationPrice")
    for position, (name, points_by_mode) in enumerate(TIERS.items(), start=1):
        tier = tier_model.objects.create(name=name, position=position)
        price_model.objects.bulk_create(
            price_model(tier=tier, action=action, mode=mode, points=points, starts_at=ALWAYS)
            for action in ("create", "enhance")
            for mode, points in points_by_mode.items()
        )


def add_packages(apps: Any, schema_editor: Any) -> None:
    package_model = apps.get_model("billing", "Package")
    price_model = apps.get_model("billing", "PackagePrice")
    for code, name, tier, points in PACKAGES:
        package_model.objects.create(code=code, name=name, tier_id=tier, points=points * 100)
        # One rupee buys one point.
        price_model.objects.create(package_id=code, price_paise=points * 100, starts_at=ALWAYS)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        migrations.RunPython(add_prices, migrations.RunPython.noop),
        migrations.RunPython(add_packages, migrations.RunPython.noop),
        # After the first price list, prices start in the future and never change.
        create_functions("billing_guard_price"),
        migrations.RunSQL(_TRIGGER.format("billing_operationprice"), migrations.RunSQL.noop),
        migrations.RunSQL(_TRIGGER.format("billing_packageprice"), migrations.RunSQL.noop),
    ]
