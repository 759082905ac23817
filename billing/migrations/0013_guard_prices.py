from django.db import migrations

from config.db.functions import create_functions

_TRIGGER = """
    CREATE TRIGGER never_changed BEFORE INSERT OR UPDATE OR DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION billing_guard_price()
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0012_add_starts_of_prices")]

    operations = [
        migrations.AlterModelOptions(name="package", options={"ordering": ("points", "code")}),
        migrations.RemoveField(model_name="package", name="is_on_sale"),
        migrations.RemoveField(model_name="package", name="price_paise"),
        create_functions("billing_guard_price"),
        migrations.RunSQL(_TRIGGER.format("billing_operationprice"), migrations.RunSQL.noop),
        migrations.RunSQL(_TRIGGER.format("billing_packageprice"), migrations.RunSQL.noop),
    ]
