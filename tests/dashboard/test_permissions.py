"""Permissions of every URL: anonymous users, each role, and members of other partners."""

from __future__ import annotations

import pytest

from accounts.permissions import ROLE_PERMISSIONS
from tests.daily import Some
from tests.dashboard.conftest import SeededDashboard
from tests.dashboard.pages import Page, name_of, partner_pages, personal_pages, readable
from tests.users import ROLES, browser_of

PAGES = partner_pages()
#: There is a management key: the page leads to it instead of making a second one.
SENDS_ON = {"key-new-management", "key-tighten"}


@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_an_anonymous_user_is_redirected_to_sign_in(
    dashboard: SeededDashboard, route: Page
) -> None:
    for method in route.methods:
        response = dashboard.visitor.generic(method, route.path(dashboard.own))
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/login/?next=/")


@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_a_role_without_permission_gets_403(dashboard: SeededDashboard, route: Page) -> None:
    for role in ROLES:
        if route.permission not in ROLE_PERMISSIONS[role]:
            for method in route.methods:
                response = dashboard.browsers[role].generic(method, route.path(dashboard.own))
                assert response.status_code == 403, f"{method} as {role}"


@pytest.mark.parametrize("route", readable(PAGES), ids=name_of)
def test_a_role_with_permission_sees_the_page(
    dashboard: SeededDashboard, route: Page, some: Some
) -> None:
    """Without this, the tests for denied roles would prove nothing."""
    permitted = [role for role in ROLES if route.permission in ROLE_PERMISSIONS[role]]
    for role in some(permitted, 2):
        response = dashboard.browsers[role].get(route.path(dashboard.own))
        expected = 302 if route.name in SENDS_ON else 200
        assert response.status_code == expected, f"as {role}"


@pytest.mark.parametrize("route", [page for page in PAGES if page.names_rows], ids=name_of)
def test_ids_of_another_partner_are_not_found(dashboard: SeededDashboard, route: Page) -> None:
    theirs = route.own_values(dashboard.seed_data.stranger)
    for name in route.names_rows:
        for method in route.methods:
            response = dashboard.owner.generic(
                method, route.path(dashboard.own, **{name: theirs[name]})
            )
            assert response.status_code == 404, f"{method} with their {name}"


@pytest.mark.parametrize(
    "route", [page for page in personal_pages() if page.names_rows], ids=name_of
)
def test_rows_of_another_user_are_not_found(dashboard: SeededDashboard, route: Page) -> None:
    path = route.path(dashboard.own)
    assert dashboard.owner.get(path).status_code == 200
    for browser in (dashboard.stranger, dashboard.browsers["admin"]):
        assert browser.get(path).status_code == 404
        assert browser.post(path).status_code == 404


@pytest.mark.parametrize("route", [page for page in PAGES if page.reauthenticates], ids=name_of)
def test_sensitive_pages_require_reauthentication_after_an_hour(
    dashboard: SeededDashboard, route: Page
) -> None:
    stale = browser_of(dashboard.own.owner, fresh=False)
    for method in route.methods:
        response = stale.generic(method, route.path(dashboard.own))
        assert response.status_code == 302
        assert "/reauthenticate/?next=" in response.headers["Location"]


@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_a_removed_member_loses_all_pages(dashboard: SeededDashboard, route: Page) -> None:
    dashboard.own.people["admin"].memberships.all().delete()

    for method in route.methods:
        response = dashboard.browsers["admin"].generic(method, route.path(dashboard.own))
        assert dashboard.own.partner.name.encode() not in response.content
