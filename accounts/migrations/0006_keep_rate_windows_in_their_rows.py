from django.db import migrations


class Migration(migrations.Migration):
    """A key that is called all day has windows of 2.5 KB. From 2 KB on, PostgreSQL would compress
    them and write them to a table beside theirs, with each call anew."""

    dependencies = [("accounts", "0005_add_audit_digests")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE accounts_ratewindow SET (toast_tuple_target = 8160)",
            "ALTER TABLE accounts_ratewindow RESET (toast_tuple_target)",
        )
    ]
