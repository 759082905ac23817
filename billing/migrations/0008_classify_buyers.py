import json
from typing import Any

from django.db import migrations

from config.db.encryption import EncryptionContext, decrypt

_DISABLE = "ALTER TABLE billing_invoice DISABLE TRIGGER USER"
_ENABLE = "ALTER TABLE billing_invoice ENABLE TRIGGER USER"


def classify(apps: Any, schema_editor: Any) -> None:
    """Fill the new column of invoices, which otherwise never change."""
    invoices = apps.get_model("billing", "Invoice").objects
    ids: dict[str, list[str]] = {}
    for pk, sealed in invoices.values_list("pk", "sealed_buyer").iterator():
        context = EncryptionContext("billing_invoice.sealed_buyer", pk)
        kind = _kind_of(json.loads(decrypt(sealed, context)))
        ids.setdefault(kind, []).append(pk)
    if not ids:
        return
    schema_editor.execute(_DISABLE)
    for kind, pks in ids.items():
        invoices.filter(pk__in=pks).update(buyer_kind=kind)
    schema_editor.execute(_ENABLE)


def _kind_of(buyer: dict[str, Any]) -> str:
    if buyer["country"] != "IN":
        return "abroad"
    if not buyer["gstin"]:
        return "unregistered"
    return "sez" if buyer["is_sez"] else "registered"


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_add_payouts_and_buyer_kinds")]

    operations = [migrations.RunPython(classify, migrations.RunPython.noop)]
