from typing import Any

from django.db import migrations

# The price list of the API documentation (Image API Pricing Tiers), in hundredths of a point and in
# paise.
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


def add_prices(apps: Any, schema_editor: Any) -> None:
    tier_model = apps.get_model("billing", "Tier")
    price_model = apps.get_model("billing", "OperationPrice")
    for position, (name, points_by_mode) in enumerate(TIERS.items(), start=1):
        tier = tier_model.objects.create(name=name, position=position)
        price_model.objects.bulk_create(
            price_model(tier=tier, action=action, mode=mode, points=points)
            for action in ("create", "enhance")
            for mode, points in points_by_mode.items()
        )


def add_packages(apps: Any, schema_editor: Any) -> None:
    package_model = apps.get_model("billing", "Package")
    package_model.objects.bulk_create(
        # One rupee buys one point.
        package_model(
            code=code, name=name, tier_id=tier, points=points * 100, price_paise=points * 100
        )
        for code, name, tier, points in PACKAGES
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        migrations.RunPython(add_prices, migrations.RunPython.noop),
        migrations.RunPython(add_packages, migrations.RunPython.noop),
    ]
