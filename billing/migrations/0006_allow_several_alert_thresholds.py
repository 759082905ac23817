import django.db.models.deletion
from django.db import migrations, models

import config.db.fields
import config.db.ids


def move_to_rows(apps, schema_editor):
    AlertThreshold = apps.get_model("billing", "AlertThreshold")
    BillingProfile = apps.get_model("billing", "BillingProfile")
    AlertThreshold.objects.bulk_create(
        [
            AlertThreshold(
                partner_id=profile.partner_id,
                points=profile.alert_threshold,
                alerted_at=profile.alerted_at,
            )
            for profile in BillingProfile.objects.exclude(alert_threshold=None).iterator()
        ],
        batch_size=1000,
    )


def move_highest_back(apps, schema_editor):
    """A profile holds one: the highest, which is written last, stays."""
    BillingProfile = apps.get_model("billing", "BillingProfile")
    for threshold in apps.get_model("billing", "AlertThreshold").objects.order_by("points"):
        BillingProfile.objects.update_or_create(
            partner_id=threshold.partner_id,
            defaults={
                "alert_threshold": threshold.points,
                "alerted_at": threshold.alerted_at,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_guard_purchases_and_invoices")]

    operations = [
        migrations.CreateModel(
            name="AlertThreshold",
            fields=[
                (
                    "id",
                    config.db.fields.IdField(
                        db_collation="C",
                        default=config.db.ids.new_id,
                        editable=False,
                        max_length=24,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.partner",
                    ),
                ),
                ("points", models.BigIntegerField(help_text="Hundredths of a point.")),
                (
                    "alerted_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the alert was sent, until the balance recovers.",
                        null=True,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("partner", "points"), name="alert_threshold_once_per_partner"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__gt", 0)), name="alert_threshold_positive"
                    ),
                ],
            },
        ),
        migrations.RunPython(move_to_rows, move_highest_back),
        migrations.RemoveConstraint(model_name="billingprofile", name="alert_threshold_above_zero"),
        migrations.RemoveField(model_name="billingprofile", name="alert_threshold"),
        migrations.RemoveField(model_name="billingprofile", name="alerted_at"),
    ]
