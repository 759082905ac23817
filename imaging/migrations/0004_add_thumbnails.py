from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imaging", "0003_cancel_calls_and_slow_tests")]

    operations = [
        migrations.AddField(
            model_name="imageoperation",
            name="has_thumbnail",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="A small copy of the first image is stored beside it.",
            ),
        ),
    ]
