from django.db import migrations

from config.db.functions import install


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0003_add_packages_and_prices"),
        ("imaging", "0001_create_operations"),
    ]

    operations = [install(__file__, "begin", "finish")]
