from typing import Any

from django.db import migrations

from config.db.encryption import DecryptionError, EncryptionContext, decrypt, encrypt

_COLUMNS = {
    "BillingProfile": ("sealed_details", "encrypted_details"),
    "Invoice": ("sealed_buyer", "encrypted_buyer"),
}


def bind_to_new_names(apps: Any, schema_editor: Any) -> None:
    """Encrypt again what is bound to the column's name; what cannot be decrypted stays as it is."""
    for model, (old, new) in _COLUMNS.items():
        _bind(apps.get_model("billing", model), new, old, new, schema_editor)


def bind_to_old_names(apps: Any, schema_editor: Any) -> None:
    for model, (old, new) in _COLUMNS.items():
        _bind(apps.get_model("billing", model), new, new, old, schema_editor)


def _bind(model: Any, column: str, before: str, after: str, schema_editor: Any) -> None:
    table = model._meta.db_table
    rows = list(model.objects.exclude(**{column: ""}).values_list("pk", column))
    if rows:
        schema_editor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")  # invoices never change
    for pk, ciphertext in rows:
        try:
            text = decrypt(ciphertext, EncryptionContext(f"{table}.{before}", str(pk)))
        except DecryptionError:
            continue
        again = encrypt(text, EncryptionContext(f"{table}.{after}", str(pk)))
        model.objects.filter(pk=pk).update(**{column: again})
    if rows:
        schema_editor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    dependencies = [("billing", "0016_add_key_spending")]

    operations = [
        migrations.RenameField("billingprofile", "sealed_details", "encrypted_details"),
        migrations.RenameField("invoice", "sealed_buyer", "encrypted_buyer"),
        migrations.RunPython(bind_to_new_names, bind_to_old_names),
    ]
