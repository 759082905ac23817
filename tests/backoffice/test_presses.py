"""Each group presses everything: what it may do works, all else is refused and changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing.reports.files import report_files
from config.admin.pages import registered_pages
from config.admin.permissions import GROUPS, permissions_of_group
from tests.backoffice.list_actions import ACTIONS, FORM, PAGES
from tests.backoffice.presses import FINANCE, PRESSES, Scene
from tests.seed import Side
from tests.staff import in_group

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: What reading a page writes: when the person was seen.
VISITS = {"django_session", "usersessions_usersession"}
#: Rows that are only ever added.
KEPT = {"billing_ledgerentry", "accounts_auditentry"}
#: Rows that this transaction has added to each table and its partitions, and changed or deleted.
_WRITES = """
    SELECT COALESCE(pg_partition_root(oid), oid)::regclass::text,
        sum(pg_stat_get_xact_tuples_inserted(oid)),
        sum(pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid))
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    GROUP BY 1
"""


@pytest.fixture(params=GROUPS)
def group(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def staff(group: str, side: Side) -> Client:
    return in_group(group)


@pytest.fixture
def scene(group: str, staff: Client, side: Side) -> Scene:
    in_group("finance", "colleague@shopiq.test")
    people = {user.email: user for user in User.objects.filter(is_staff=True)}
    return Scene(side, people[f"{group}@shopiq.test"], people["colleague@shopiq.test"])


def count_writes() -> tuple[Counter[str], Counter[str]]:
    """Return the rows by table that this transaction has added, and those changed or deleted."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITES)
        rows = cursor.fetchall()
    added = Counter({table: int(count) for table, count, _ in rows})
    return added, Counter({table: int(count) for table, _, count in rows})


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def writes_of() -> Iterator[set[str]]:
    """Collect the tables that are written within; no kept row is changed or deleted."""
    found: set[str] = set()
    before = count_writes()
    yield found
    added, changed = (now - then for now, then in zip(count_writes(), before, strict=True))
    found |= (added.keys() | changed.keys()) - VISITS
    assert KEPT.isdisjoint(changed)


def test_every_page_and_action_is_in_the_walk() -> None:
    routes = {page.name: page.route for page in registered_pages()}
    reports = {name for name in routes if name.startswith("report-")}
    others = {"search_list", *PAGES, *reports}
    assert set(routes) - others == {press.page for press in PRESSES}
    assert {f"{model._meta.label_lower}:{name}" for model, name in actions()} == set(ACTIONS)


def test_acts(group: str, staff: Client, scene: Scene) -> None:
    for press in PRESSES:
        with undone():
            address = reverse(f"admin:{press.page}", args=[press.prepare(scene)])
            with writes_of() as written:
                response: Any = staff.post(address, press.filled())
            if group in press.may:
                assert response.status_code in (200, 302), press.page
                assert "errorlist" not in response.content.decode("utf-8", "ignore"), press.page
                assert written, press.page
            else:
                assert response.status_code == 403, press.page
                assert not written, (press.page, written)


def actions() -> Iterator[tuple[Any, str]]:
    for model, page in admin.site._registry.items():
        yield from ((model, str(name)) for name in page.actions or ())


def test_actions_of_lists(group: str, staff: Client, side: Side) -> None:
    is_seen = {model: can_see(staff, model) for model in {model for model, _ in actions()}}
    for model, name in actions():
        action = f"{model._meta.label_lower}:{name}"
        groups, prepare = ACTIONS[action]
        may = group in groups
        with undone():
            row = prepare(side)
            with writes_of() as written:
                response = press_action(staff, model, name, row)
            assert bool(written) == may, (action, written)
            assert (response.status_code == 403) != is_seen[model], action


def test_no_list_deletes(group: str, staff: Client, side: Side) -> None:
    for model in admin.site._registry:
        row = model._default_manager.order_by("pk").last()
        with writes_of() as written:
            press_action(staff, model, "delete_selected", row.pk if row else "0" * 24)
        assert not written, model


def test_forms_of_lists(group: str, staff: Client, side: Side) -> None:
    """Forms open for those who may use them; sent empty, none writes."""
    for model in admin.site._registry:
        row = model._default_manager.order_by("pk").last()
        pages = ["add", *(["change"] if row else [])]
        for name in pages:
            arguments = [quote(row.pk)] if row and name == "change" else []
            options = model._meta
            page = reverse(f"admin:{options.app_label}_{options.model_name}_{name}", args=arguments)
            may = f"{options.app_label}.{name}_{options.model_name}" in permissions_of_group(group)
            opened = staff.get(page).status_code
            with writes_of() as written:
                sent = staff.post(page, {"name": ""}).status_code
            if name == "add":
                assert (opened == 200) <= may, page
            if not may:
                assert sent == 403, page
            assert not written, (page, written)


def test_pages_without_a_row(group: str, staff: Client, side: Side) -> None:
    for page in registered_pages():
        if "<" in page.route:
            continue
        may = group in PAGES.get(page.name, FINANCE)
        response: Any = staff.get(f"/admin/{page.route}")
        assert response.status_code == (200 if may else 403), page.name
        for close in response._resource_closers:
            close()
    files = [f"files/{file.name}" for file in report_files()]
    for name in (*files, f"statement/{side.partner.pk}"):
        response = staff.get(f"/admin/reports/{name}.csv")
        assert response.status_code == (200 if group in FINANCE else 403), name
        if response.streaming:
            assert b"".join(response.streaming_content), name


def press_action(staff: Client, model: Any, name: str, row: Any) -> Any:
    form = {"action": name, "_selected_action": [row], "post": "yes", **FORM}
    return staff.post(list_of(model), form)


def list_of(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def can_see(staff: Client, model: Any) -> bool:
    return staff.get(list_of(model)).status_code == 200
