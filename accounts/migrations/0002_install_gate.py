from django.db import migrations

from config.db.functions import create_functions


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_create_partners_and_keys")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE accounts_ratewindow SET UNLOGGED;"
            "ALTER TABLE accounts_ratewindow SET (fillfactor = 30);",
            migrations.RunSQL.noop,
        ),
        create_functions("accounts_refuse_change"),
        migrations.RunSQL(
            """
            CREATE TRIGGER audit_is_append_only
                BEFORE UPDATE OR DELETE ON accounts_auditentry
                FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change();
            CREATE TRIGGER audit_is_never_emptied
                BEFORE TRUNCATE ON accounts_auditentry
                FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change();
            """,
            migrations.RunSQL.noop,
        ),
    ]
