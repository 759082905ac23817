from django.db import migrations

from config.db.functions import install


class Migration(migrations.Migration):
    dependencies = [("integrations", "0003_add_webhook_outbox")]

    operations = [install(__file__, "claim_deliveries")]
