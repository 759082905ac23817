from typing import Any

from django.db import migrations


def add_your_integration(apps: Any, schema_editor: Any) -> None:
    """The integration that the documentation lists (API documentation, Connect Integration)."""
    integration = apps.get_model("integrations", "Integration").objects.create(
        name="yourIntegration", display_name="Your Integration"
    )
    fields = apps.get_model("integrations", "CredentialField").objects
    fields.create(
        integration=integration, name="apiKey", label="API key", is_secret=True, position=1
    )
    fields.create(
        integration=integration, name="userId", label="User ID", is_secret=False, position=2
    )


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial")]

    operations = [migrations.RunPython(add_your_integration, migrations.RunPython.noop)]
