from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_index_ledger_checks")]

    operations = [migrations.RemoveConstraint("keyspending", "key_spending_not_negative")]
