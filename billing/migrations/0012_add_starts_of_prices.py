from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


def date_prices(apps: Any, schema_editor: Any) -> None:
    """Prices of before apply to all of the past."""
    schema_editor.execute("UPDATE billing_operationprice SET starts_at = '2000-01-01 00:00Z'")


def copy_package_prices(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(
        "INSERT INTO billing_packageprice (package_id, price_paise, is_on_sale, starts_at)"
        " SELECT code, price_paise, is_on_sale, '2000-01-01 00:00Z' FROM billing_package"
        " WHERE price_paise > 0"
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0011_refuse_to_empty_purchases_and_invoices")]

    operations = [
        migrations.AddField(
            model_name="operationprice",
            name="starts_at",
            field=models.DateTimeField(db_default=Now()),
        ),
        migrations.RunPython(date_prices, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="operationprice", name="price_once"),
        migrations.AddConstraint(
            model_name="operationprice",
            constraint=models.UniqueConstraint(
                fields=("tier", "action", "mode", "starts_at"), name="price_once_at_a_time"
            ),
        ),
        migrations.AlterModelOptions(
            name="operationprice",
            options={"ordering": ("tier", "action", "mode", "-starts_at")},
        ),
        migrations.CreateModel(
            name="PackagePrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("price_paise", models.PositiveBigIntegerField(help_text="In paise, before tax.")),
                ("is_on_sale", models.BooleanField(default=True)),
                ("starts_at", models.DateTimeField(db_default=Now())),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="billing.package",
                    ),
                ),
            ],
            options={"ordering": ("package", "-starts_at")},
        ),
        migrations.AddConstraint(
            model_name="packageprice",
            constraint=models.UniqueConstraint(
                fields=("package", "starts_at"), name="package_price_once_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="packageprice",
            constraint=models.CheckConstraint(
                condition=models.Q(price_paise__gte=1), name="package_costs_something"
            ),
        ),
        migrations.RunPython(copy_package_prices, migrations.RunPython.noop),
    ]
