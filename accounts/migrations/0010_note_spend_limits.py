from typing import Any

from django.db import migrations, models

from config.db.functions import create_functions


def _note_present_limits(apps: Any, schema_editor: Any) -> None:
    limited = apps.get_model("accounts", "ApiKey").objects.exclude(
        points_per_day=None, points_per_month=None
    )
    partners = apps.get_model("accounts", "Partner").objects
    partners.filter(pk__in=limited.values("partner_id")).update(has_spend_limits=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_choose_language_of_user")]

    operations = [
        migrations.AddField(
            "partner",
            "has_spend_limits",
            models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Whether a key has, or had, a spend limit; set by the database.",
            ),
        ),
        create_functions("accounts_note_spend_limit"),
        migrations.RunSQL(
            """
            CREATE TRIGGER spend_limit_is_noted
            AFTER INSERT OR UPDATE OF points_per_day, points_per_month ON accounts_apikey
            FOR EACH ROW WHEN (num_nonnulls(NEW.points_per_day, NEW.points_per_month) > 0)
            EXECUTE FUNCTION accounts_note_spend_limit()
            """,
            "DROP TRIGGER spend_limit_is_noted ON accounts_apikey",
        ),
        migrations.RunPython(_note_present_limits, migrations.RunPython.noop),
    ]
