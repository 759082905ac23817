from typing import Any

from django.db import migrations

from config.db.encryption import DecryptionError, EncryptionContext, decrypt, encrypt

TABLE = "accounts_idempotencyrecord"


def bind_to_the_new_column(apps: Any, schema_editor: Any) -> None:
    """Encrypt the responses of the last 48 hours again: a ciphertext is bound to its column."""
    model = apps.get_model("accounts", "IdempotencyRecord")
    for record in model.objects.exclude(response_body="").only("response_body").iterator():
        try:
            body = decrypt(record.response_body, EncryptionContext(f"{TABLE}.answer", record.pk))
        except DecryptionError:  # no call could repeat it before, either
            continue
        context = EncryptionContext(f"{TABLE}.response_body", record.pk)
        record.response_body = encrypt(body, context)
        record.save(update_fields=["response_body"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_stamp_audit_entries_by_the_database")]

    operations = [
        migrations.RenameField("idempotencyrecord", "answer", "response_body"),
        migrations.RunPython(bind_to_the_new_column),
    ]
