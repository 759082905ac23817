from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imaging", "0004_add_thumbnails")]

    operations = [
        AddConstraintNotValid(
            "imageoperation",
            models.CheckConstraint(
                condition=models.Q(("charge", None), ("charge", models.F("id")), _connector="OR"),
                name="operation_has_id_of_charge",
            ),
        ),
    ]
