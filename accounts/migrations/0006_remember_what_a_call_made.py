from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_prepare_dashboard"),
    ]

    operations = [
        migrations.AddField(
            model_name="requestlog",
            name="target",
            field=models.CharField(
                blank=True,
                default="",
                help_text="ID of the account, deployment or image operation that the request created.",
                max_length=24,
            ),
            preserve_default=False,
        ),
    ]
