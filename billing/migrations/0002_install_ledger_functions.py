from django.db import migrations

from config.db.functions import install


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_install_gate"),
        ("billing", "0001_create_points"),
    ]

    operations = [install(__file__, "charge", "settle", "guards")]
