"""The running release works on the next one's schema: migrations only add (docs/upgrade.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED

from config.db.ids import new_id

#: The last migration of each app in the first release. Until then no installation has data, so
#: that only the rule about columns is kept.
FIRST_RELEASE: dict[str, str] = {}

POSITIVE = models.CheckConstraint(condition=models.Q(size__gt=0), name="deal_size_positive")


def find_problems(operations: Sequence[Operation], *, is_released: bool = True) -> Iterator[str]:
    """Yield what would break, or block, processes of the release before."""
    created = {each.name_lower for each in operations if isinstance(each, migrations.CreateModel)}
    for operation in operations:
        if getattr(operation, "model_name_lower", "") in created:
            continue
        if isinstance(operation, migrations.AddField) and not _may_be_left_out(operation.field):
            yield f"{operation.name} has neither db_default nor null, as the running code needs"
        if is_released and (problem := _problem_of(operation)):
            yield problem


def _may_be_left_out(field: models.Field[object, object]) -> bool:
    has_default = getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED
    return (
        field.null or has_default or field.many_to_many or isinstance(field, models.GeneratedField)
    )


def _problem_of(operation: Operation) -> str | None:
    match operation:
        case AddIndexConcurrently() | AddConstraintNotValid():
            return None
        case migrations.RemoveField() | migrations.DeleteModel():
            return f"{operation.describe()}: one release after the code that uses it"
        case migrations.RenameField() | migrations.RenameModel() | migrations.AlterModelTable():
            return f"{operation.describe()}: the running code knows the former name"
        case migrations.AddIndex():
            return f"{operation.describe()}: use AddIndexConcurrently with atomic = False"
        case migrations.AddConstraint():
            return f"{operation.describe()}: add it NOT VALID and validate it later"
    return None


def _is_ours(path: str, root: str) -> bool:
    return str(path).startswith(f"{root}/") and "site-packages" not in str(path)


def own_migrations() -> list[tuple[str, str, Migration]]:
    root = str(apps.get_app_config("accounts").path).rpartition("/")[0]
    # The libraries are in a folder of the project, too.
    ours = {app.label for app in apps.get_app_configs() if _is_ours(app.path, root)}
    loaded = MigrationLoader(None).disk_migrations.items()
    return [(app, name, migration) for (app, name), migration in loaded if app in ours]


def test_migrations_do_not_break_the_running_release() -> None:
    problems = [
        f"{app}.{name}: {problem}"
        for app, name, migration in own_migrations()
        if not migration.initial and "0001" not in name
        for problem in find_problems(
            migration.operations, is_released=name > FIRST_RELEASE.get(app, "9")
        )
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("operation", "is_fine"),
    [
        (migrations.AddField("deal", "size", models.IntegerField(default=1)), False),
        (migrations.AddField("deal", "size", models.IntegerField(db_default=1)), True),
        (migrations.AddField("deal", "size", models.IntegerField(null=True)), True),
        (migrations.AddField("deal", "key", models.CharField(default=new_id)), False),
        (migrations.RemoveField("deal", "size"), False),
        (migrations.RenameField("deal", "size", "width"), False),
        (migrations.AddIndex("deal", models.Index(fields=["size"], name="deal_size")), False),
        (AddIndexConcurrently("deal", models.Index(fields=["size"], name="deal_size")), True),
        (migrations.AddConstraint("deal", POSITIVE), False),
        (AddConstraintNotValid("deal", POSITIVE), True),
    ],
)
def test_what_a_migration_may_do(operation: Operation, is_fine: bool) -> None:
    assert (list(find_problems([operation])) == []) is is_fine
    created = migrations.CreateModel("deal", fields=[("id", models.AutoField(primary_key=True))])
    if not isinstance(operation, AddIndexConcurrently | AddConstraintNotValid):
        assert list(find_problems([created, operation])) == []


def test_a_step_of_a_migration_runs_one_statement_at_a_time() -> None:
    several = []
    for app, name, migration in own_migrations():
        for step in migration.operations:
            if isinstance(step, migrations.RunSQL) and step.sql:
                lines = [step.sql] if isinstance(step.sql, str) else step.sql
                several += [(app, name, line) for line in lines if ";" in line]
    assert several == []
