from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_your_integration")]

    operations = [
        migrations.RenameField("webhookattempt", old_name="answer", new_name="response_body"),
    ]
