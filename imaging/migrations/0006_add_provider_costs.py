from django.db import migrations, models

import config.db.fields
import config.db.ids


class Migration(migrations.Migration):
    dependencies = [
        ("imaging", "0005_take_images_down"),
    ]

    operations = [
        migrations.AddField(
            model_name="imageoperation",
            name="is_billed",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="The provider returned images, but the request was refunded.",
            ),
        ),
        migrations.CreateModel(
            name="ProviderCost",
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
                    "action",
                    models.CharField(
                        choices=[("create", "Image create"), ("enhance", "Image enhance")],
                        max_length=10,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("fast", "Fast"), ("thinking", "Thinking")], max_length=10
                    ),
                ),
                ("paise", models.PositiveIntegerField(help_text="Per request, without tax.")),
                ("starts_at", models.DateTimeField()),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="Such as provider and model.", max_length=200
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("action", "mode", "starts_at"), name="provider_cost_once_at_a_time"
                    )
                ],
            },
        ),
    ]
