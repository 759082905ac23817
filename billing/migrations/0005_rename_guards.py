from django.db import migrations

# A new database already has the function under its new name.
RENAME_FUNCTION = """
DO $$ BEGIN
    IF to_regprocedure('billing_refuse_second_end()') IS NOT NULL THEN
        ALTER FUNCTION billing_refuse_second_end() RENAME TO billing_guard_charge;
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_refunds_and_disputes")]

    operations = [
        migrations.RunSQL(RENAME_FUNCTION, migrations.RunSQL.noop),
        migrations.RunSQL(
            "ALTER TRIGGER purchase_goes_its_way ON billing_purchase RENAME TO purchase_is_guarded",
            "ALTER TRIGGER purchase_is_guarded ON billing_purchase RENAME TO purchase_goes_its_way",
        ),
    ]
