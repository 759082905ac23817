"""SQL functions in the database follow their files, and differences are reported."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.utils import ProgrammingError

from config import health
from config.db.functions import changed_functions, install_functions, unusable_functions
from config.jobs.heartbeat import record_heartbeat
from tests.concurrency import run_concurrently

_RULE = "charged := balance >= cost;"


@pytest.fixture
def sql(live_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Billing's SQL files, copied so that a test may edit them."""
    monkeypatch.setattr(health, "_FRESH_SECONDS", 0.0)
    health._last.clear()
    get_commands()  # which are kept for the process, while they are where Django looks for them
    billing = apps.get_app_config("billing")
    folder = shutil.copytree(Path(billing.path, "sql"), tmp_path / "billing" / "sql")
    with monkeypatch.context() as patched:
        patched.setattr(billing, "path", str(folder.parent))
        yield folder
    install_functions()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def migrate() -> None:
    call_command("migrate", verbosity=0)


def execute(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None


def definition(name: str) -> str:
    """Return the definition in the database; fail if there are several."""
    return str(execute(f"SELECT pg_get_functiondef('{name}'::regproc)")[0])


def check(capsys: pytest.CaptureFixture[str]) -> str:
    call_command("check", databases=["default"])
    return capsys.readouterr().err


def test_a_migrated_database_has_the_functions_of_the_files(live_db: None) -> None:
    assert changed_functions() == []


@pytest.mark.parametrize("command", ["migrate", "install_functions"])
def test_an_edited_function_reaches_a_migrated_database(sql: Path, command: str) -> None:
    edit(sql / "charge.sql", _RULE, "charged := true;")
    assert changed_functions() == ["billing_charge"]
    assert _RULE in definition("billing_charge")

    call_command(command, verbosity=0)

    assert changed_functions() == []
    assert "charged := true;" in definition("billing_charge")


def test_migrating_again_creates_nothing_again(sql: Path) -> None:
    before = execute("SELECT xmin FROM pg_proc WHERE proname = 'billing_charge'")

    migrate()

    assert execute("SELECT xmin FROM pg_proc WHERE proname = 'billing_charge'") == before


def test_a_function_changed_by_hand_makes_the_installation_unready(
    sql: Path, get: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    health._last.clear()  # the result of the test before
    record_heartbeat()
    assert get("/readyz").status_code == 200
    assert "billing_charge" not in check(capsys)

    execute(definition("billing_charge").replace(_RULE, "charged := true;"))

    response = get("/readyz")
    assert response.status_code == 503
    found = response.json()["checks"]["functions"]
    assert found == {"ok": False, "detail": "changed: billing_charge"}
    assert "SQL functions differ from their files: billing_charge." in check(capsys)

    migrate()

    assert get("/readyz").status_code == 200
    assert _RULE in definition("billing_charge")


def test_a_former_release_serves_with_newer_functions(sql: Path, get: Callable[..., Any]) -> None:
    for rule in ("charged := true;", "charged := cost = 0;"):  # two upgrades
        edit(sql / "charge.sql", _RULE, rule)
        assert unusable_functions() == ["billing_charge"]
        migrate()
        edit(sql / "charge.sql", rule, _RULE)
        assert get("/readyz").json()["checks"]["functions"]["ok"] is True

    migrate()  # back to the former release: the next one has to migrate again
    edit(sql / "charge.sql", _RULE, "charged := true;")
    assert unusable_functions() == ["billing_charge"]


@pytest.mark.parametrize(
    ("change", "is_undone_by"),
    [
        ("ALTER FUNCTION billing_settle SECURITY DEFINER", "SECURITY DEFINER"),
        ("ALTER FUNCTION billing_settle SET search_path = ''", "search_path"),
    ],
)
def test_more_than_the_body_counts(sql: Path, change: str, is_undone_by: str) -> None:
    execute(change)
    assert changed_functions() == ["billing_settle"]

    migrate()

    assert is_undone_by not in definition("billing_settle")


def test_a_missing_function_is_created(sql: Path) -> None:
    execute("DROP FUNCTION billing_settle")
    assert changed_functions() == ["billing_settle"]

    migrate()

    assert changed_functions() == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("p_action text", "p_action bigint"),
        ("p_action", "p_asked"),
        ("p_partner text, p_action text", "p_action text, p_partner text"),
        ("OUT balance bigint", "OUT balance numeric"),
    ],
    ids=["type", "name", "order", "result"],
)
def test_another_signature_replaces_the_old_function(sql: Path, old: str, new: str) -> None:
    edit(sql / "quote.sql", old, new)

    migrate()

    assert changed_functions() == []
    assert new in definition("billing_quote")


def test_a_second_function_of_the_name_is_removed(sql: Path) -> None:
    execute("CREATE FUNCTION billing_quote(int) RETURNS int LANGUAGE sql AS 'SELECT 1'")
    assert changed_functions() == ["billing_quote"]

    migrate()

    assert "p_partner" in definition("billing_quote")


def test_a_function_without_a_file_is_dropped(sql: Path) -> None:
    added = sql / "double.sql"
    added.write_text(
        "CREATE OR REPLACE FUNCTION billing_double(p int) RETURNS int LANGUAGE plpgsql\n"
        "AS $$ BEGIN RETURN 2 * p; END $$;\n"
    )
    migrate()
    assert execute("SELECT billing_double(2)") == (4,)

    added.unlink()
    assert changed_functions() == ["billing_double"]
    migrate()

    assert execute("SELECT count(*) FROM pg_proc WHERE proname = 'billing_double'") == (0,)


def test_foreign_functions_are_left_alone(sql: Path) -> None:
    execute("CREATE FUNCTION other() RETURNS int LANGUAGE sql AS 'SELECT 1'")

    migrate()

    assert execute("SELECT other()") == (1,)
    execute("DROP FUNCTION other()")


def test_an_edited_trigger_function_reaches_its_triggers(sql: Path) -> None:
    edit(sql / "guard_invoice.sql", "never changes'", "stays as it is'")

    migrate()

    assert "stays as it is" in definition("billing_guard_invoice")
    assert execute(
        "SELECT count(*) FROM pg_trigger WHERE tgfoid = 'billing_guard_invoice'::regproc"
    ) == (1,)


def test_a_file_with_a_mistake_changes_nothing(sql: Path) -> None:
    edit(sql / "charge.sql", _RULE, "charged := true;")
    edit(sql / "settle.sql", "RETURN;", "RETURM;")

    with pytest.raises(ProgrammingError):
        migrate()

    assert changed_functions() == ["billing_charge", "billing_settle"]
    assert _RULE in definition("billing_charge")


def test_a_file_creates_only_the_function_of_its_name(sql: Path) -> None:
    shutil.copy(sql / "charge.sql", sql / "charge_v2.sql")

    with pytest.raises(ImproperlyConfigured, match="billing_charge_v2"):
        changed_functions()


def test_one_of_several_concurrent_migrations_installs(sql: Path) -> None:
    edit(sql / "charge.sql", _RULE, "charged := true;")

    changed = run_concurrently(8, lambda _: install_functions())

    assert sorted(changed) == [[]] * 7 + [["billing_charge"]]


def test_a_database_without_tables_gives_no_warning(
    sql: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`migrate` of a new database runs the check as well."""
    execute("CREATE SCHEMA empty_one")
    try:
        execute("SET search_path = empty_one")
        assert "SQL functions" not in check(capsys)
    finally:
        execute("SET search_path = DEFAULT")
        execute("DROP SCHEMA empty_one")
