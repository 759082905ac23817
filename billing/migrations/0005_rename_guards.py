from typing import Any

from django.db import migrations


def rename_function(apps: Any, schema_editor: Any) -> None:
    """Do nothing on a new database, which has the function under its new name."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('billing_refuse_second_end()')")
        if cursor.fetchone()[0]:
            cursor.execute(
                "ALTER FUNCTION billing_refuse_second_end RENAME TO billing_guard_charge"
            )


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_refunds_and_disputes")]

    operations = [
        migrations.RunPython(rename_function, migrations.RunPython.noop),
        migrations.RunSQL(
            "ALTER TRIGGER purchase_goes_its_way ON billing_purchase RENAME TO purchase_is_guarded",
            "ALTER TRIGGER purchase_is_guarded ON billing_purchase RENAME TO purchase_goes_its_way",
        ),
    ]
