from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_partition_request_log")]

    operations = [
        migrations.AddField(
            "user",
            "language",
            models.CharField(
                choices=[("en", "English"), ("hi", "हिन्दी"), ("as", "অসমীয়া")],
                db_default="en",
                default="en",
                help_text="Of emails to the user, and of the pages in a new browser.",
                max_length=8,
            ),
        ),
    ]
