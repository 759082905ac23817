"""Rules that let the tables grow, held against the catalogue of a migrated database.

A partner's rows can be copied to another installation as they are, and no statement on them reads
those of others. What a rule does not hold for is named here, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
#: Tables of the installation: who there is, what there is to buy, its own books.
INSTALLATION = {
    "accounts_partner": "the directory itself",
    "accounts_staffinvitation": "people, who may become staff",
    "accounts_user": "people, who may belong to several partners",
    "accounts_securityevent": "a person's own history, as the person",
    "accounts_user_groups": "staff's permissions",
    "accounts_user_user_permissions": "staff's permissions",
    "billing_tier": "price list",
    "billing_operationprice": "price list",
    "billing_package": "price list",
    "billing_packageprice": "price list",
    "billing_invoicecounter": "a series is counted over all partners of the seller",
    "billing_ledgercheck": "a proof over all partners",
    "encryption_keycanary": "of the keys of the installation",
    "email_outgoingmail": "to people, who may belong to several partners",
    "billing_payoutline": "of the seller's account at a gateway",
    "billing_ledgeralert": "mail about that proof",
    "imaging_providercost": "the provider's price list",
    "integrations_integration": "registered by staff for all partners",
    "integrations_credentialfield": "registered by staff for all partners",
}
#: What is unique over all partners: later the directory that says where a partner lives.
GLOBAL_UNIQUES = {
    ("accounts_apikey", "secret_hash"): "a call names its key alone",
    ("accounts_invitation", "token_hash"): "a mailed link names its invitation alone",
    ("accounts_account", "email_hash"): "a merchant has one account across all partners",
    ("accounts_account", "phone_hash"): "a merchant has one account across all partners",
    ("billing_invoice", "series, number"): "invoices are numbered without a gap",
    ("billing_purchase", "reference"): "a bank transfer names its purchase by it",
    ("billing_purchase", "gateway, gateway_order_id"): "a payment is booked once",
    ("billing_purchase", "gateway, payment_id"): "a payment is booked once",
    ("billing_banktransfer", "reference"): "a transfer is booked once",
    ("deployments_website", "identifier"): "it is the name of the shop's host",
    ("deployments_sitedomain", "name"): "a host shows one shop",
}
#: Primary keys that are no id of their own.
NATURAL_KEYS = {
    "accounts_apikeyuse": "key_id",
    "accounts_ratewindow": "subject",
    "billing_keyspending": "subject",
    "deployments_takedown": "identifier",
}
#: Functions that do not take the partner first.
WITHOUT_PARTNER = {
    "accounts_add_partitions": "changes no row",
    "accounts_add_range": "changes no row",
    "accounts_analyze_whole": "changes no row",
    "accounts_complete_partition": "changes no row",
    "accounts_drop_partitions": "drops whole months of all partners",
    "accounts_partition_name": "reads no rows",
    "accounts_owners_of": "names the owners of a table",
    "accounts_authorize": "finds out who calls; the key's hash is unique over all partners",
    "accounts_new_id": "reads no rows",
    "accounts_seconds_until_room": "reads no rows",
    "imaging_authorize_and_start": "authorizes first",
    "integrations_claim_deliveries": "the outbox's worker serves all partners",
    "integrations_drop_deliveries": "drops whole months of all partners",
    "integrations_finish_attempts": "the outbox's worker serves all; its rows name the partner",
}


def query(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def app_labels() -> list[str]:
    ours = (ROOT, ROOT / "config")
    return [app.label for app in apps.get_app_configs() if Path(app.path).parent in ours]


def owned_tables() -> set[str]:
    prefixes = tuple(f"{label}_" for label in app_labels())
    tables = {name for name in connection.introspection.table_names() if name.startswith(prefixes)}
    assert tables >= set(INSTALLATION)
    return tables - set(INSTALLATION)


def functions() -> dict[str, tuple[list[str], str, str]]:
    """Names of the arguments, language and body by name; without trigger functions."""
    rows = query(
        """
        SELECT p.proname, coalesce(p.proargnames, '{}'), l.lanname, p.prosrc
        FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype <> 'trigger'::regtype
          AND p.proname LIKE ANY (%s)
        """,
        [f"{label}\\_%" for label in app_labels()],
    )
    found = {name: (arguments, language, body) for name, arguments, language, body in rows}
    assert "billing_charge" in found
    return found


def statements(body: str) -> list[str]:
    return re.sub(r"--[^\n]*", "", body).split(";")


def functions_with(pattern: str) -> list[str]:
    """Those with a statement that the pattern fits."""
    bodies = {name: statements(body) for name, (_, _, body) in functions().items()}
    return [name for name, lines in bodies.items() if any(re.search(pattern, x) for x in lines)]


def test_every_owned_row_names_its_partner() -> None:
    good = {
        table
        for (table,) in query(
            """
            SELECT c.relname FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid
            JOIN pg_collation l ON l.oid = a.attcollation
            WHERE a.attname = 'partner_id' AND a.attnotnull AND l.collname = 'C'
              AND format_type(a.atttypid, a.atttypmod) = 'character varying(24)'
            """
        )
    }
    assert owned_tables() - good == set()


def test_no_sequence_decides_a_key_of_an_owned_row() -> None:
    numbered = query(
        """
        SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relname = ANY (%s)
          AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%%')
        """,
        list(owned_tables()),
    )
    assert numbered == []


def test_primary_keys_of_owned_rows_are_ids_or_named() -> None:
    keys = query(
        """
        SELECT c.relname, string_agg(a.attname, ', ' ORDER BY a.attnum)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indisprimary AND c.relname = ANY (%s) GROUP BY 1
        """,
        list(owned_tables()),
    )
    assert {table: key for table, key in keys if key != "id"} == NATURAL_KEYS


def test_what_is_unique_over_all_partners_is_named() -> None:
    uniques = query(
        """
        SELECT c.relname,
               string_agg(a.attname, ', ' ORDER BY array_position(i.indkey::int[], a.attnum::int)),
               bool_or(a.attname = 'partner_id'),
               -- The first column refers to an owned row, whose id is already unique.
               EXISTS (SELECT FROM pg_constraint f JOIN pg_class t ON t.oid = f.confrelid
                       WHERE f.contype = 'f' AND f.conrelid = i.indrelid
                         AND f.conkey = ARRAY[i.indkey[0]] AND t.relname = ANY (%(owned)s))
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
        WHERE i.indisunique AND NOT i.indisprimary AND c.relname = ANY (%(owned)s)
        GROUP BY i.indexrelid, i.indrelid, c.relname
        """.replace("%(owned)s", "%s"),
        *[list(owned_tables())] * 2,
    )
    over_all = {
        (table, columns)
        for table, columns, has_partner, is_led in uniques
        if not (has_partner or is_led)
    }
    assert over_all == set(GLOBAL_UNIQUES)


def test_functions_take_the_partner_first() -> None:
    first = {name: arguments[:1] for name, (arguments, *_) in functions().items()}
    without = {name for name, arguments in first.items() if arguments != ["p_partner"]}
    assert without == set(WITHOUT_PARTNER)


def test_every_statement_of_a_function_names_the_partner() -> None:
    owned = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE)\s+({'|'.join(owned_tables())})\b")
    nameless = [
        (name, statement.strip())
        for name, (_, _, body) in functions().items()
        if name not in WITHOUT_PARTNER
        for statement in statements(body)
        if owned.search(statement) and not re.search(r"\bp_partner\b", statement)
    ]
    assert nameless == []


def test_functions_are_pl_pgsql() -> None:
    """A function in SQL with parameters can be planned on one machine alone."""
    assert {language for _, language, _ in functions().values()} == {"plpgsql"}


def test_no_update_sets_what_the_clock_says() -> None:
    volatile = r"\bUPDATE\s+(?!OF\b)\w+[^;]*\b(clock_timestamp|random|accounts_new_id)\s*\("
    assert functions_with(volatile) == []


def test_no_statement_is_recursive() -> None:
    """Citus refuses them, also on tables that are all on one machine."""
    assert functions_with(r"(?i)\bWITH\s+RECURSIVE\b") == []
    files = [path for label in app_labels() for path in _sources(label)]
    assert [path for path in files if "WITH RECURSIVE" in path.read_text()] == []


def _sources(label: str) -> Iterator[Path]:
    return Path(apps.get_app_config(label).path).rglob("*.py")


def test_only_one_function_locks_a_partner() -> None:
    locks = r"\baccounts_partner\b[^;]*\bFOR (NO KEY )?UPDATE"
    assert functions_with(locks) == ["accounts_lock_partner"]
