from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0005_let_deliveries_wait_their_turn")]

    operations = [
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "failed")),
                fields=["partner", "-created_at", "-id"],
                name="delivery_failed_of_partner",
            ),
        ),
    ]
