from django.db import migrations

from config.db.functions import create_functions


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_install_gate"),
        ("billing", "0001_create_points"),
    ]

    operations = [
        create_functions("billing_refuse_second_end"),
        migrations.RunSQL(
            """
            CREATE TRIGGER ledger_is_append_only
                BEFORE UPDATE OR DELETE ON billing_ledgerentry
                FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change();
            CREATE TRIGGER ledger_is_never_emptied
                BEFORE TRUNCATE ON billing_ledgerentry
                FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change();
            CREATE TRIGGER charge_ends_once
                BEFORE UPDATE OR DELETE ON billing_charge
                FOR EACH ROW WHEN (OLD.state <> 'reserved')
                EXECUTE FUNCTION billing_refuse_second_end();

            -- Balances and counters change in place; room on the page keeps those updates off
            -- the indexes.
            ALTER TABLE billing_pointbucket SET (fillfactor = 50);
            ALTER TABLE billing_charge SET (fillfactor = 80);
            ALTER TABLE billing_dailyusage SET (fillfactor = 50);
            """,
            migrations.RunSQL.noop,
        ),
    ]
