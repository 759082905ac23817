from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("billing", "0010_index_staff_lists"),
    ]

    operations = [
        migrations.RunSQL(
            [
                """
                CREATE TRIGGER invoice_is_never_emptied BEFORE TRUNCATE ON billing_invoice
                    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change()
                """,
                """
                CREATE TRIGGER purchase_is_never_emptied BEFORE TRUNCATE ON billing_purchase
                    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change()
                """,
            ],
            [
                "DROP TRIGGER invoice_is_never_emptied ON billing_invoice",
                "DROP TRIGGER purchase_is_never_emptied ON billing_purchase",
            ],
        ),
    ]
