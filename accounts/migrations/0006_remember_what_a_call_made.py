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
                help_text="Id of what the call made: an account, a deployment or an image operation.",
                max_length=24,
            ),
            preserve_default=False,
        ),
    ]
