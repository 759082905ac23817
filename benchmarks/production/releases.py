"""Other releases than this checkout: the one that was deployed before, and one that comes next."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.production.installation import CHECKOUT
from tests.deploy_programs import copy_image

_APPS = ("config", "accounts", "integrations", "billing", "imaging", "deployments")
#: Functions that get an argument more.
_LONGER = {"accounts": "authorize", "billing": "settle"}
_END = "\n) LANGUAGE"
_MIGRATION = """
from django.apps import apps as installed
from django.db import migrations


def add_columns(apps, schema_editor):
    for model in installed.get_app_config("{app}").get_models():
        table = model._meta.db_table
        if not model._meta.managed or model._meta.proxy:
            continue
        schema_editor.execute(
            f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS next_size int NOT NULL DEFAULT 1,"
            " ADD COLUMN IF NOT EXISTS next_note text"
        )


def add_index(apps, schema_editor):
    schema_editor.execute(
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS {app}_next ON {table} (next_size)"
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("{app}", "{last}")]
    operations = [migrations.RunPython(add_columns), migrations.RunPython(add_index)]
"""
#: Of each app a table that gets an index while calls use it.
_TABLES = {
    "accounts": "accounts_account",
    "integrations": "integrations_integration",
    "billing": "billing_pointbucket",
    "imaging": "imaging_imagetakedown",
    "deployments": "deployments_deployment",
}


def unpack(reference: str, folder: Path) -> Path:
    """Write the files of a commit or tag below `folder`; a shallow clone may not have it."""
    folder.mkdir()
    archive = subprocess.run(
        ["git", "archive", reference], cwd=CHECKOUT, capture_output=True, check=False
    )
    if archive.returncode:
        raise SystemExit(f"git has no {reference}: {archive.stderr.decode().strip()}")
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    return folder


def write_next(folder: Path) -> Path:
    """Copy what an image gets, and let it do all that a release may (docs/upgrade.md).

    Columns with and without a default in all tables, indexes of those that calls write, every SQL
    function made again, and two that calls use with an argument more.
    """
    folder.mkdir()
    copy_image(folder)
    for app, table in _TABLES.items():
        migrations = folder / app / "migrations"
        last = max(path.stem for path in migrations.glob("0*.py"))
        text = _MIGRATION.replace("{app}", app).replace("{last}", last)
        text = text.replace("ON {table}", f"ON {table}")
        (migrations / "0999_next_release.py").write_text(text)
    for path in _functions(folder):
        path.write_text(f"{path.read_text()}-- The next release's.\n")
    for app, name in _LONGER.items():
        path = folder / app / "sql" / f"{name}.sql"
        path.write_text(path.read_text().replace(_END, f", p_next int DEFAULT 0{_END}", 1))
    return folder


def _functions(folder: Path) -> Iterator[Path]:
    for app in _APPS:
        yield from (folder / app / "sql").glob("*.sql")
