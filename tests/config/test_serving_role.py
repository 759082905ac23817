"""The role of web, worker and sweeper can do their work, and change nothing that is for keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.services.audit import record_audit
from billing.models import Invoice, LedgerEntry, Purchase
from config.db.grants import different_tables, install_grants, limited_tables
from config.db.rotation import count_outdated
from config.jobs import retention
from config.jobs.partitions import add_coming_partitions, analyze_partitioned
from config.jobs.retention import run_retention
from config.local.postgres.roles import APPLICATION, OWNER
from tests.billing.approvals import refund_purchase
from tests.billing.operations import refund, start, succeed
from tests.billing.purchases import bill_to, buy, settle
from tests.config.test_encryption import key_entry
from tests.database import is_embedded
from tests.factories import Keys
from tests.web import WebServer

pytestmark = pytest.mark.skipif(not is_embedded(), reason="DATABASE_URL has a role of its own")

CHANGES = {
    "billing_ledgerentry": "points = points + 1",
    "accounts_auditentry": "actor = 'other'",
    "billing_invoice": "total_paise = 0",
}


def connect_as(role: str) -> None:
    connection.close()
    connection.settings_dict["USER"] = role


@pytest.fixture
def serving(keys: Keys) -> Iterator[Keys]:
    """A partner, on a connection like that of web, worker and sweeper."""
    connect_as(APPLICATION)
    yield keys
    connect_as(OWNER)


def test_signing_up_and_retention_work_with_it(
    serving: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "log", StrictLog())
    form = {"company": "Zenith", "name": "Asha", "email": "asha@zenith.test"}
    assert (
        Client().post("/signup/", {**form, "password1": "correct horse battery"}).status_code == 302
    )
    User.objects.update(date_joined=timezone.now() - timedelta(days=30))

    run_retention()
    assert not User.objects.exists()


class StrictLog:
    """Raises what the jobs would log and get over."""

    def error(self, event: str, **details: Any) -> None:
        raise AssertionError(event, details)

    exception = error


def execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def do_everything(keys: Keys) -> None:
    """Pay for a call, get one back, buy points, return some, and write an audit entry."""
    succeed(start(keys))
    assert refund(start(keys))
    bill_to(keys.partner, legal_name="Nova Retail")
    purchase = settle(buy(keys.partner))
    assert purchase.state == Purchase.State.PAID
    paid = settle(buy(keys.partner, "manual"), "pay_2")
    refunded = refund_purchase(purchase=paid, actor="test", reason="")
    assert refunded.state == Purchase.State.REFUNDED
    record_audit(partner=keys.partner, actor="test", action="key.created")


def test_it_charges_refunds_sells_and_audits(serving: Keys) -> None:
    do_everything(serving)

    call_command("check_ledger")
    kinds = set(LedgerEntry.objects.values_list("kind", flat=True))
    assert kinds >= {"credit", "charge", "reversal"}
    assert Invoice.objects.count() == 3
    assert AuditEntry.objects.of(serving.partner.pk).filter(action="key.created").exists()


FORBIDDEN = [
    "UPDATE {table} SET {change}",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} OWNER TO CURRENT_USER",
    "DROP TABLE {table} CASCADE",
    "SELECT * FROM {table} FOR UPDATE",
    "CREATE TRIGGER own BEFORE INSERT ON {table} EXECUTE FUNCTION accounts_refuse_change()",
]
DETOURS = [
    "SET session_replication_role = replica",
    f"SET ROLE {OWNER}",
    "CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NEW; END'",
    "DROP FUNCTION accounts_refuse_change() CASCADE",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT pg_read_file('/etc/passwd')",
    "INSERT INTO django_q_schedule (func) VALUES ('os.system')",
    "INSERT INTO django_q_task (id) VALUES ('x')",
    "DELETE FROM django_migrations",
    "DELETE FROM billing_charge",
    "DELETE FROM billing_purchase",
    "DELETE FROM billing_pointbucket",
    "UPDATE django_admin_log SET change_message = ''",
]


def test_what_is_for_keeps_is_out_of_reach(serving: Keys) -> None:
    statements = [
        statement.format(table=table, change=change)
        for table, change in CHANGES.items()
        for statement in FORBIDDEN
    ]
    for statement in [*statements, *DETOURS]:
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            execute(statement)


def test_what_a_trigger_keeps_is_not_granted_either(live_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT coalesce(pg_partition_root(tgrelid), tgrelid)::regclass::text"
            " FROM pg_trigger"
            " JOIN pg_proc p ON p.oid = tgfoid WHERE proname = 'accounts_refuse_change'"
            " AND (tgtype & 24) = 24"  # both UPDATE and DELETE
        )
        kept = {name for (name,) in cursor.fetchall()}
    assert kept >= {"billing_ledgerentry", "accounts_auditentry"}
    limits = limited_tables()
    assert {name for name in kept if limits.get(name) != frozenset({"SELECT", "INSERT"})} == set()


def test_a_server_connects_with_it(keys: Keys, web_server: Callable[..., WebServer]) -> None:
    web = web_server()

    image = web.post("/partner/v1/image/create", {"prompt": "a vase"}, keys.live)

    assert image.status == 200
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name = %s", [web.name]
        )
        assert cursor.fetchall() == [(APPLICATION,)]


def test_migrate_restores_the_privileges(live_db: None) -> None:
    execute(f"GRANT DELETE ON billing_ledgerentry TO {APPLICATION}")
    execute(f"REVOKE INSERT ON accounts_partner FROM {APPLICATION}")
    assert different_tables() == ["accounts_partner", "billing_ledgerentry"]
    assert warnings() == ["shopiq.W062"]

    call_command("migrate", verbosity=0)

    assert warnings() == []
    assert install_grants() == []


def test_a_role_that_owns_or_is_superuser_is_warned_of(live_db: None, settings: Any) -> None:
    assert warnings() == []
    for role in (OWNER, "postgres"):
        settings.DATABASE_SERVING_ROLE = role
        assert warnings() == ["shopiq.W061"]


def warnings() -> list[str | None]:
    found = run_checks(databases=["default"])
    return [each.id for each in found if str(each.id).startswith("shopiq.W06")]


@pytest.mark.usefixtures("key_canaries")
def test_keys_are_rotated_by_the_owner(serving: Keys, settings: Any) -> None:
    """Invoices are encrypted again, which the serving role may not do."""
    do_everything(serving)
    settings.FIELD_ENCRYPTION_KEYS = [key_entry(99), *settings.FIELD_ENCRYPTION_KEYS]
    assert count_outdated()
    call_command("rotate_keys")
    assert not count_outdated()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (APPLICATION,)


def test_it_sees_to_partitions_and_drops_those_whose_rows_it_may_delete(serving: Keys) -> None:
    add_coming_partitions()
    analyze_partitioned()
    with pytest.raises(ProgrammingError, match="must be owner"):
        execute("DROP TABLE accounts_requestlog_default")
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute("SELECT accounts_drop_partitions('billing_ledgerentry', 'f')")
    execute("SELECT accounts_drop_partitions('accounts_requestlog', '0')")
