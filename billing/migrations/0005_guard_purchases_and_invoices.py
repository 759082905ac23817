from django.db import migrations

from config.db.functions import create_functions


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_add_purchases_and_invoices")]

    operations = [
        create_functions("billing_guard_purchase", "billing_guard_invoice"),
        migrations.RunSQL(
            """
            CREATE TRIGGER purchase_goes_its_way
                BEFORE UPDATE ON billing_purchase
                FOR EACH ROW EXECUTE FUNCTION billing_guard_purchase();
            CREATE TRIGGER purchase_is_kept
                BEFORE DELETE ON billing_purchase
                FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change();
            CREATE TRIGGER invoice_never_changes
                BEFORE UPDATE ON billing_invoice
                FOR EACH ROW EXECUTE FUNCTION billing_guard_invoice();
            CREATE TRIGGER invoice_is_kept
                BEFORE DELETE ON billing_invoice
                FOR EACH ROW EXECUTE FUNCTION accounts_refuse_change();
            """,
            migrations.RunSQL.noop,
        ),
    ]
