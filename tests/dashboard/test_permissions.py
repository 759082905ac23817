"""Who may open what: nobody without signing in, a role what the table of rights says, a stranger
nothing. Each test walks every address of the URL table."""

from __future__ import annotations

import pytest

from accounts.permissions import ROLE_PERMISSIONS
from tests.dashboard.conftest import Walk
from tests.dashboard.pages import Page, name_of, partner_pages, personal_pages, readable
from tests.users import ROLES, browser_of

PAGES = partner_pages()
#: There is a management key: the page leads to it instead of making a second one.
SENDS_ON = {"key-new-management"}


@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_an_anonymous_user_is_redirected_to_sign_in(walk: Walk, route: Page) -> None:
    for method in route.methods:
        answer = walk.visitor.generic(method, route.path(walk.own))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login/?next=/")


@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_a_role_without_permission_gets_403(walk: Walk, route: Page) -> None:
    for role in ROLES:
        if route.permission not in ROLE_PERMISSIONS[role]:
            for method in route.methods:
                answer = walk.browsers[role].generic(method, route.path(walk.own))
                assert answer.status_code == 403, f"{method} as {role}"


@pytest.mark.parametrize("route", readable(PAGES), ids=name_of)
def test_a_role_with_permission_sees_the_page(walk: Walk, route: Page) -> None:
    """Without this the refusals beside it would prove nothing."""
    for role in ROLES:
        if route.permission in ROLE_PERMISSIONS[role]:
            answer = walk.browsers[role].get(route.path(walk.own))
            expected = 302 if route.name in SENDS_ON else 200
            assert answer.status_code == expected, f"as {role}"


@pytest.mark.parametrize("route", [page for page in PAGES if page.names_rows], ids=name_of)
def test_ids_of_another_partner_are_not_found(walk: Walk, route: Page) -> None:
    theirs = route.own_values(walk.seed_data.stranger)
    for name in route.names_rows:
        for method in route.methods:
            answer = walk.owner.generic(method, route.path(walk.own, **{name: theirs[name]}))
            assert answer.status_code == 404, f"{method} with their {name}"


@pytest.mark.parametrize(
    "route", [page for page in personal_pages() if page.names_rows], ids=name_of
)
def test_rows_of_another_user_are_not_found(walk: Walk, route: Page) -> None:
    path = route.path(walk.own)
    assert walk.owner.get(path).status_code == 200
    for browser in (walk.stranger, walk.browsers["admin"]):
        assert browser.get(path).status_code == 404
        assert browser.post(path).status_code == 404


@pytest.mark.parametrize("route", [page for page in PAGES if page.reauthenticates], ids=name_of)
def test_sensitive_pages_require_reauthentication_after_an_hour(walk: Walk, route: Page) -> None:
    stale = browser_of(walk.own.owner, fresh=False)
    for method in route.methods:
        answer = stale.generic(method, route.path(walk.own))
        assert answer.status_code == 302
        assert "/reauthenticate/?next=" in answer.headers["Location"]


@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_a_removed_member_loses_all_pages(walk: Walk, route: Page) -> None:
    walk.own.people["admin"].memberships.all().delete()

    for method in route.methods:
        answer = walk.browsers["admin"].generic(method, route.path(walk.own))
        assert walk.own.partner.name.encode() not in answer.content
