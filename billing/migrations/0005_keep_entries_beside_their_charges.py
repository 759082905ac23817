from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models.functions import Left
from django.db.models.lookups import Exact

from config.db.functions import create_functions


def _constraint(name: str, field: str) -> models.CheckConstraint:
    """Return that the ids of an entry and of what it refers to differ in the last digits alone."""
    same = Exact(Left("id", 21), Left(f"{field}_id", 21))
    return models.CheckConstraint(condition=models.Q((field, None)) | same, name=name)


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_count_spending_cheaply")]

    operations = [
        AddConstraintNotValid("ledgerentry", _constraint("ledger_line_of_operation", "operation")),
        AddConstraintNotValid("ledgerentry", _constraint("ledger_reversal_of_entry", "reverses")),
        create_functions("billing_guard_single_entry"),
        migrations.RunSQL(
            """
            CREATE TRIGGER ledger_credits_a_bucket_once AFTER INSERT ON billing_ledgerentry
                FOR EACH ROW WHEN (NEW.kind IN ('credit', 'debt'))
                EXECUTE FUNCTION billing_guard_single_entry()
            """,
            migrations.RunSQL.noop,
        ),
    ]
