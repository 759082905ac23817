from django.db import migrations

from config.db.functions import install


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_add_purchases_and_invoices")]

    operations = [install(__file__, "purchases")]
